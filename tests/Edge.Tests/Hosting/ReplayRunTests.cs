using System.Globalization;
using Edge.Agent.Hosting.CommandLine;
using Edge.Agent.Models;
using Edge.Sensors.Replay;
using Hmas.Contracts.Sensing;
using Hmas.Inference;
using Hmas.Testing;
using Hmas.Trust;
using Microsoft.Extensions.Logging.Abstractions;

namespace Edge.Tests.Hosting;

/// <summary>A recording through the device's own pipeline, with a real model.</summary>
public sealed class ReplayRunTests : IDisposable
{
    private const int Rows = 60;
    private readonly TempFolder _folder = new();
    private readonly SigningKey _key = SigningKey.Create();

    public ReplayRunTests() => NativeRuntime.DisableTelemetry();

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Each_row_from_the_end_of_calibration_on_gets_a_line_and_a_fault_raises_the_alarm()
    {
        var (written, lines) = await PlayAsync(Recording(Rows, faultyFrom: 50));
        Assert.Equal("datetime;anomaly_pred;anomaly_score;threshold", lines[0]);
        var answers = lines.Skip(1).Select(static line => line.Split(';')).ToArray();
        Assert.Equal(Rows - FixturePackage.CalibrationRows + 1, written);
        Assert.Equal(written, answers.Length);
        Assert.Equal("1970-01-01 00:00:39", answers[0][0]);
        Assert.All(answers.Take(10), static answer => Assert.Equal("0", answer[1]));
        Assert.Equal("1", answers[^1][1]);
        Assert.True(Number(answers[^1][2]) > Number(answers[^1][3]), "an alarm without a score above the threshold");
    }

    [Fact]
    public async Task A_recording_shorter_than_the_calibration_gives_no_line() =>
        Assert.Equal(0, (await PlayAsync(Recording(FixturePackage.CalibrationRows - 1, faultyFrom: Rows))).Written);

    [Fact]
    public async Task A_package_of_an_unknown_key_is_refused()
    {
        using var other = SigningKey.Create();
        var refusal = await Assert.ThrowsAsync<ModelRefusal>(() => PlayAsync(Recording(Rows, faultyFrom: Rows), other.PublicKey));
        Assert.Equal("signature", refusal.Reason);
    }

    private async Task<(long Written, string[] Lines)> PlayAsync(string file, byte[]? trusted = null)
    {
        var layout = new RecordingLayout
        {
            Time = RecordedTime.EpochSeconds,
            TimestampColumn = "t",
            Columns = [new RecordedColumn("a", new SensorChannel("a")), new RecordedColumn("b", new SensorChannel("b"))],
        };
        var recording = new ReplayOptions { Files = [file], Layout = layout, Speed = 0 };
        var output = new StringWriter(CultureInfo.InvariantCulture);
        var written = await new ReplayRun(
            recording, FixturePackage.Write(_key, release: 1).Package, [trusted ?? _key.PublicKey], TimeProvider.System, NullLogger.Instance)
            .RunAsync("model.hmas", output, default);
        return (written, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private string Recording(int rows, int faultyFrom)
    {
        var file = _folder.File("run.csv");
        var random = new Random(1);
        File.WriteAllLines(file, ["t;a;b", .. Enumerable.Range(0, rows).Select(row =>
        {
            var size = row < faultyFrom ? 1 : 30;
            return string.Create(CultureInfo.InvariantCulture, $"{row};{size * (1 + random.NextDouble())};{size * (1 + random.NextDouble())}");
        })]);
        return file;
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
