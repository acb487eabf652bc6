package dev.freshet.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import org.junit.jupiter.api.Test;

class HelpTest {
    @Test
    void everyCommand_teachesWithinAHundredColumns() {
        for (String name : FreshetCommand.commandLine(InputStream.nullInputStream())
                .getSubcommands()
                .keySet()) {
            CommandLineRun run = CommandLineRun.of("help", name);
            assertEquals(ExitCodes.OK, run.exitCode(), name);
            assertTrue(run.out().contains("Usage: freshet " + name), run.out());
            assertTrue(run.out().lines().allMatch(l -> l.length() <= TextTable.WIDTH), run.out());
        }
    }

    @Test
    void help_namesTheExitCodesAndTheFirstSteps() {
        CommandLineRun run = CommandLineRun.of("--help");
        assertEquals(ExitCodes.OK, run.exitCode());
        assertTrue(run.out().contains("Exit codes:") && run.out().contains("First steps:"), run.out());
        assertTrue(run.out().contains("freshet bench --help"), run.out());
    }

    @Test
    void unknownCommand_endsWithTwoAndASuggestion() {
        CommandLineRun run = CommandLineRun.of("chekc");
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertTrue(run.err().contains("check"), run.err());
    }

    @Test
    void mistakeInAnOption_isALine_withTheWayToTheHelp() {
        CommandLineRun run = CommandLineRun.of("resnapshot", "items", "--max-rows-per-second", "abc");
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertEquals(
                "Invalid value for option '--max-rows-per-second': 'abc' is not a whole number\n"
                        + "Its options: freshet resnapshot --help\n",
                run.err());
        assertTrue(CommandLineRun.of("status", "--jsno").err().contains("--json"));
    }

    @Test
    void noCommand_endsWithTwoAndTheUsage() {
        CommandLineRun run = CommandLineRun.of();
        assertEquals(ExitCodes.MISTAKES, run.exitCode());
        assertTrue(run.err().contains("Usage: freshet"), run.err());
    }
}
