using Edge.Sensors;
using Edge.Sensors.Replay;
using Hmas.Contracts.Sensing;
using Hmas.Testing;

namespace Edge.Tests.Replay;

public sealed class RecordingReaderTests : IDisposable
{
    private static readonly RecordingLayout Layout = new()
    {
        Columns = [
            new RecordedColumn("Pressure", new SensorChannel("Pressure", "bar")), new RecordedColumn("Flow", new SensorChannel("Flow", "l/min"))],
    };

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("datetime;Flow\n2026-01-01 00:00:00;1\n", SensorDataFault.MissingColumn, 1, "Pressure")]
    [InlineData("time;Pressure;Flow\n", SensorDataFault.MissingColumn, 1, "datetime")]
    [InlineData("datetime;Pressure;Flow;Flow\n", SensorDataFault.DoubleColumn, 1, "Flow")]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:00;1;2\n2026-01-01 00:00:01;one;2\n", SensorDataFault.NotANumber, 3, "Pressure")]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:00;1;NaN\n", SensorDataFault.NotFinite, 2, "Flow")]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:00;1;\n", SensorDataFault.NotFinite, 2, "Flow")]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:00;1;1e99\n", SensorDataFault.NotFinite, 2, "Flow")]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:00;1\n", SensorDataFault.RaggedRow, 2, null)]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:00;1;2;3\n", SensorDataFault.RaggedRow, 2, null)]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:05;1;2\n2026-01-01 00:00:04;1;2\n", SensorDataFault.TimeNotForward, 3, "datetime")]
    [InlineData("datetime;Pressure;Flow\n2026-01-01 00:00:05;1;2\n2026-01-01 00:00:05;1;2\n", SensorDataFault.TimeNotForward, 3, "datetime")]
    [InlineData("datetime;Pressure;Flow\nyesterday;1;2\n", SensorDataFault.BadTime, 2, "datetime")]
    [InlineData("", SensorDataFault.Empty, 1, null)]
    public void A_bad_file_is_refused_with_file_line_column_and_reason(string text, SensorDataFault fault, long line, string? column)
    {
        var path = Write(text);
        var e = Assert.Throws<SensorDataException>(() => ReadAll(path, BadRowPolicy.Stop));
        Assert.Equal((fault, path, line, column), (e.Fault, e.File, e.Line, e.Column));
        Assert.Contains(path, e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Reason);
    }

    [Fact]
    public void A_file_that_is_not_there_is_named()
    {
        var e = Assert.Throws<SensorDataException>(() => RecordingReader.Open(_folder.File("none.csv"), Layout));
        Assert.Equal(SensorDataFault.Unreadable, e.Fault);
    }

    [Fact]
    public void Bad_rows_are_left_out_and_counted_under_skip()
    {
        var path = Write(
            "datetime;Pressure;Flow\n2026-01-01 00:00:00;1;2\n2026-01-01 00:00:01;x;2\n2026-01-01 00:00:00;9;9\nragged\n2026-01-01 00:00:03;3;4\n");
        var rows = ReadAll(path, BadRowPolicy.Skip, out var skipped);
        Assert.Equal(3, skipped);
        Assert.Equal([1f, 3f], rows.Select(row => row[0]));
    }

    [Fact]
    public void Columns_are_found_by_name_in_any_order_with_CR_LF_quotes_and_a_last_line_without_end()
    {
        var path = Write("\uFEFF\"Flow\";other;\"datetime\";Pressure\r\n2;text;2026-01-01 00:00:00;1\r\n\r\n4;;2026-01-01 00:00:01;3");
        Assert.Equal([[1f, 2f], [3f, 4f]], ReadAll(path, BadRowPolicy.Stop));
    }

    [Theory]
    [InlineData(RecordedTime.EpochSeconds, "1.5", 1_500_000)]
    [InlineData(RecordedTime.EpochMilliseconds, "1500.25", 1_500_250)]
    [InlineData(RecordedTime.EpochMicroseconds, "1500", 1500)]
    public void Epoch_times_are_read_in_their_unit(RecordedTime unit, string text, long expectedUs)
    {
        using var reader = RecordingReader.Open(Write($"datetime,Pressure,Flow\n{text},1,2\n"), Layout with { Separator = ',', Time = unit });
        Assert.True(reader.TryRead(new float[2], out var timestampUs));
        Assert.Equal(expectedUs, timestampUs);
    }

    [Fact]
    public void A_line_without_end_is_refused_before_it_fills_the_memory()
    {
        var e = Assert.Throws<SensorDataException>(() => ReadAll(Write("datetime;Pressure;Flow\n" + new string('1', 100_000)), BadRowPolicy.Skip));
        Assert.Equal(SensorDataFault.LineTooLong, e.Fault);
    }

    public void Dispose() => _folder.Dispose();

    private string Write(string text)
    {
        var path = _folder.File("recording.csv");
        File.WriteAllText(path, text);
        return path;
    }

    private static List<float[]> ReadAll(string path, BadRowPolicy policy) => ReadAll(path, policy, out _);

    private static List<float[]> ReadAll(string path, BadRowPolicy policy, out long skipped)
    {
        using var reader = RecordingReader.Open(path, Layout, policy);
        var rows = new List<float[]>();
        var row = new float[2];
        while (reader.TryRead(row, out _)) rows.Add([.. row]);
        skipped = reader.SkippedRows;
        return rows;
    }
}
