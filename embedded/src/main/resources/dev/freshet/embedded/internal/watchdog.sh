#!/bin/sh
# Runs a server as its own child and ends it when whoever started this script is gone.
#
#   watchdog.sh LOG DOOMED COMMAND...
#
# LOG     the server's output is appended to it
# DOOMED  a folder to remove when the starter is gone, or '' to leave all data where it is
#
# Standard input is a pipe whose other end only the starter holds. A line "SIGNAL PID..." on it sends that
# signal and is answered with a line; its end means that the starter is gone, however it went.
# The first line on standard output is the server's process id; this script exits with the server's status.
#
# The server is a child of this script and not reaped before it ended, so its id cannot have passed on to
# another process while the reader below may still signal it.

log=$1
doomed=$2
shift 2

exec 3<&0 </dev/null

"$@" 3<&- >>"$log" 2>&1 &
server=$!

(
    stopped=
    while read -r line; do
        case $line in
        STOP*) stopped="$stopped ${line#STOP }" ;;
        CONT*) stopped= ;;
        esac
        # shellcheck disable=SC2086 # the line is a signal and process ids
        kill -$line 2>/dev/null
        echo "$line"
    done
    trap '' TERM
    kill -KILL "$server" 2>/dev/null
    # stopped children of a dead PostgreSQL notice its death only when they go on
    # shellcheck disable=SC2086
    [ -n "$stopped" ] && kill -CONT $stopped 2>/dev/null
    exit 9
) <&3 2>/dev/null &
reader=$!
exec 3<&-
# A Ctrl-C meant for the starter must not end its watchdog. A trap, unlike '', is not inherited by the server. The reader has
# been begun without it: a subshell that is signalled before it has reset its traps forgets the signal, and would stay.
trap : INT HUP TERM
echo "$server"

while :; do
    wait "$server"
    status=$?
    # a trapped signal interrupts the wait as well
    [ "$status" -gt 128 ] && kill -0 "$server" 2>/dev/null || break
done
kill -TERM "$reader" 2>/dev/null
wait "$reader"
if [ "$?" -eq 9 ] && [ -n "$doomed" ]; then
    # processes of the server may still write while they end
    for _ in 1 2 3 4 5; do
        rm -rf -- "$doomed" 2>/dev/null
        [ -e "$doomed" ] || break
        sleep 1
    done
fi
exit "$status"
