using Operator.Cli.Terminal;

namespace Cloud.Hub.Tests.Operator.Terminal;

public sealed class TableLayoutTests
{
    private static readonly string[] Columns = ["rollout", "state", "groups", "started", "why"];

    private static readonly IReadOnlyList<string>[] Rows =
    [
        ["pump-20261128-183112", "completed", "canary passed, stage passed, full passed", "2026-11-28 18:31:12",
            "F1 0.79 against 0.71 on 4 held-out recordings"],
        ["pump-20261128-183355", "restored (alarm-rate)", "canary restored", "2026-11-28 18:33:55", "on purpose"],
    ];

    [Fact]
    public void In_a_pipe_a_row_is_a_line_and_columns_stand_below_each_other()
    {
        string[] expected =
        [
            "ROLLOUT               STATE                  GROUPS                                    STARTED              WHY",
            "pump-20261128-183112  completed              canary passed, stage passed, full passed  2026-11-28 18:31:12  F1 0.79 against 0.71 on 4 held-out recordings",
            "pump-20261128-183355  restored (alarm-rate)  canary restored                           2026-11-28 18:33:55  on purpose",
        ];
        Assert.Equal(expected, TableLayout.Lines(Columns, Rows, null));
    }

    [Fact]
    public void In_a_terminal_texts_wrap_and_ids_stay_whole()
    {
        string[] expected =
        [
            "ROLLOUT               STATE                  GROUPS                      STARTED              WHY",
            "pump-20261128-183112  completed              canary passed, stage        2026-11-28 18:31:12  F1 0.79 against 0.71 on 4",
            "                                             passed, full passed                              held-out recordings",
            "pump-20261128-183355  restored (alarm-rate)  canary restored             2026-11-28 18:33:55  on purpose",
        ];
        Assert.Equal(expected, TableLayout.Lines(Columns, Rows, 120));
    }

    [Fact]
    public void What_finds_no_room_beside_stands_below_its_row_named()
    {
        string[] expected =
        [
            "ROLLOUT               STATE                  GROUPS",
            "pump-20261128-183112  completed              canary passed, stage passed, full",
            "                                             passed",
            "    started 2026-11-28 18:31:12, why F1 0.79 against 0.71 on 4 held-out",
            "    recordings",
            "pump-20261128-183355  restored (alarm-rate)  canary restored",
            "    started 2026-11-28 18:33:55, why on purpose",
        ];
        Assert.Equal(expected, TableLayout.Lines(Columns, Rows, 80));
    }

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(100)]
    [InlineData(120)]
    [InlineData(200)]
    public void Nothing_is_lost_and_no_line_is_too_long(int width)
    {
        var lines = TableLayout.Lines(Columns, Rows, width).ToArray();
        Assert.All(lines, line => Assert.InRange(line.Length, 1, width));
        var words = string.Join(' ', lines).Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        Assert.All(
            Rows.SelectMany(static row => row).SelectMany(static cell => cell.Split((char[])[' ', ','], StringSplitOptions.RemoveEmptyEntries)),
            word => Assert.Contains(word, words));
    }

    [Fact]
    public void A_digest_stays_whole_in_any_width_and_nameless_columns_have_no_heading()
    {
        var digest = $"sha256:{new string('a', 64)}";
        Assert.Equal([$"digest  {digest}"], TableLayout.Lines(["", ""], [["digest", digest]], 100));
        Assert.Equal(["digest", $"    {digest}"], TableLayout.Lines(["", ""], [["digest", digest]], 60));
    }

    [Fact]
    public void A_table_without_rows_is_its_headings() => Assert.Equal(["A  B"], TableLayout.Lines(["a", "b"], [], 80));

    [Fact]
    public void A_sentence_wraps_between_words_and_further_in() =>
        Assert.Equal(["  one two", "      three", "      four"], TextWrap.Lines("one two three four", 12, 2, 6));
}
