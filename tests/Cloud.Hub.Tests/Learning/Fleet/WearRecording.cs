using System.Globalization;
using System.Text;
using Cloud.Hub.Tests.Learning.Recipes;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>A machine that wears until it fails, one row a second, as a recording.</summary>
internal sealed class WearRecording
{
    private const long Second = 1_000_000;
    private readonly DateTimeOffset _start;

    /// <param name="number">Of the machine; their lives lie six hours apart.</param>
    public WearRecording(int number)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"life-{number:000}");
        _start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(6 * number);
        var rows = WearingMachine.Rows((ulong)number).Chunk(WearingMachine.Channels).ToList();
        Rows = rows.Count;
        var text = new StringBuilder("datetime;").AppendLine(string.Join(';', StateRecording.Channels));
        foreach (var (row, i) in rows.Select((row, i) => (row, i)))
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_start.AddSeconds(i):yyyy-MM-dd HH:mm:ss};{40 * row[0]:0.####};{7 + row[1]:0.####};{300 * row[2]:0.####}"));
        Text = text.ToString();
    }

    public string Name { get; }

    /// <summary>CSV.</summary>
    public string Text { get; }

    public int Rows { get; }

    public long FailedUs => _start.ToUnixMicroseconds() + ((Rows - 1) * Second);

    public OutcomeLabel Failure(string deviceId) => new()
    {
        DeviceId = deviceId, FromUs = FailedUs, ToUs = FailedUs, Label = "bearing seized", Kind = LabelKind.Failure, Source = "maintenance",
    };
}
