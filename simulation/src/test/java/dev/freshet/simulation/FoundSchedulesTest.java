package dev.freshet.simulation;

import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Schedules that once broke an invariant, made short. What a step does hangs on what the agents ask for at it, so a schedule
 * may come to mean something else; the rule that it brought about has a story of its own beside it.
 */
class FoundSchedulesTest {
    private static final List<String> FOUND = List.of(
            // a fill read a topic that was made again, and took it for the former
            "per-transaction write:578037 calm:846583 write:621319 wait:845116 copy:527072 copy:225709 topic_again:39459",
            // a topic was made again amidst a transaction of the relay
            "per-transaction calm:592308 write:435079 write:50947 relay:391460 relay:282486 topic_again:904025 relay:359531"
                    + " copy:149535 copy:98191",
            // a transaction was open while the records in it aged, and a fill began
            "per-transaction calm:937876 write:391242 relay:275339 wait:215667 write:530782 elsewhere:826052 write:752527"
                    + " relay:745233 relay_paused:801384 wait:647531 wait:964597 relay:374993 relay:991379"
                    + " relay_paused:402022 show:865048 copy:932076 relay_killed:842543 write:960585 copy:468826"
                    + " copy:524579 copy:723334 copy:810589 relay:782232 copy:506777 relay_killed:290542"
                    + " relay_killed:814169 relay:184330 relay_cut:812689 relay_paused:254501 relay_paused:662463 ddl:97152"
                    + " relay_killed:988018 wait:805820 copy:239817 copy:212821 copy:115627 relay:415240 compact:142603",
            // a server was set back between the comparison of its history and the opening of its log
            "write:163204 calm:215887 compact:386503 copy:864009 relay:213169 relay:941642 evict:319951 relay:438704"
                    + " copy:221945 slot_freed:894836 show:279901 show:79114 show:827799 copy:282866 show:400612 copy:960942"
                    + " relay_paused:947020 copy:794613 copy:102853 relay_paused:75662 relay:434968 relay_paused:252955"
                    + " relay:418315 restore:27311 truncate:22181 elsewhere:198315 relay:824733 copy:740515 rebalance:354396"
                    + " relay:839755 copy_cut:899803 relay:45695 relay:1001210 copy:470560",
            // a relay ended right after it had made the slot; rows went without a message before the next one
            // captured
            "relay_killed:316208 relay:551568 write:483102 ddl:655043",
            // a stream was begun after a loss whose events had been dead letters, but for those that the table still
            // had
            "events calm:905924 copy:14468 relay_killed:857923 relay:343204 relay:13879 publish:1009475 publish:518037"
                    + " copy:8026 evict:552283 copy:369987 copy:709549 relay:789233 relay:75344 copy:832774"
                    + " rebalance:438178 copy:190481 relay:516012 copy:432023 publish:124662 copy:204593 relay:223819"
                    + " relay:1040622 restore:881951 configure:445406 publish:575494 relay:817407 relay:286293",
            // a letter was sent at the boundary at which the outbox's events of before had been sent, below them
            "per-transaction events write:882454 write:577993 write:401619 calm:544754 restore:264066 relay:370529"
                    + " copy_cut:236102 relay:970508 elsewhere:986533 copy_paused:502024 copy:699608 relay:317737"
                    + " copy:742732 publish:163354 publish:233842 publish:124824 relay_cut:151050 relay:735160"
                    + " relay:253022",
            // a server was set back behind the snapshot of its outbox that the ledger had, not behind the boundary
            "events-later configure:97483 write:768232 relay:97274 write:275307 relay:442932 restore:346721",
            // the outbox of a server in the place of another was cleared by what was durable of the other
            "events write:780606 calm:584848 show:555747 copy:169086 copy_cut:838691 relay:696175 compact:908982"
                    + " restore:302882 publish:113991 copy_paused:1492 rebalance:428725 copy:842859 copy:532666"
                    + " copy:382070 relay:494711 relay:12750 relay:499385",
            // such a server's log had grown as far as the former's, and it had no slot
            "events write:726774 write:199012 calm:985463 relay:308248 relay:996241 write:357006 publish:680586 copy:780712"
                    + " publish:684027 copy:536169 write:857921 write:197714 copy:178224 write:961014 publish:130869"
                    + " copy:810201 relay:188600 relay:251921 relay:420646 relay_cut:858946 copy:497279 restore:222650"
                    + " redrive:842191 relay:1026637 publish:976803 write:638721 relay_paused:423475 relay:195509"
                    + " relay:1009716 relay:227982",
            // events of before were sent at a boundary below what the last relay had written of a transaction
            "per-transaction events calm:959599 elsewhere:306490 write:114314 relay:1022111 relay:133933 configure:588646"
                    + " relay:491296 write:828360 relay:446997 copy_killed:38912 show:429678 copy_killed:781063"
                    + " publish:160380 relay:828834",
            // events were read from the outbox of such a server: they come once more, since it is another history
            "per-transaction events relay_paused:451450 relay:91153 relay_paused:103780 elsewhere:259460 publish:946644"
                    + " copy:855580 copy:314935 restore:834407 copy:957915 copy:589551 copy:950158 publish:26236"
                    + " relay:968807 write:754139 copy:915389 copy:49096 copy:482927 show:704241 copy:581583"
                    + " copy:1018712 compact:1003365 compact:675255 relay:983505");

    @Test
    void schedulesThatOnceBroke_breakNothing() {
        for (String schedule : FOUND) {
            assertNull(Trial.run(0, Schedule.parse(schedule), Rules.all()).failure(), schedule);
        }
    }
}
