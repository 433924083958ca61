using System.Globalization;
using System.Text;
using Hmas.Contracts;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Learning.Fleet;

/// <summary>A run of a simulated machine that goes through named states, one row a second.</summary>
internal sealed class StateRecording
{
    public static readonly string[] Channels = ["Current", "Pressure", "Flow"];
    private const int RowsPerState = 150;
    private const long Second = 1_000_000;
    private static readonly string[] States = ["idle", "pumping", "blocked"];
    private readonly DateTimeOffset _start;
    private readonly int _states;
    private readonly int _seed;

    /// <param name="number">Of the machine's runs, which lie six hours apart.</param>
    /// <param name="states">How many states follow each other.</param>
    public StateRecording(int number, int states, int seed)
    {
        Name = string.Create(CultureInfo.InvariantCulture, $"run-{number:000}");
        _start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(6 * number);
        (_states, _seed) = (states, seed);
        Text = Write(seed);
    }

    public string Name { get; }

    /// <summary>CSV.</summary>
    public string Text { get; }

    public int Rows => _states * RowsPerState;

    /// <summary>The truth of every state, as a person would tell it.</summary>
    public IEnumerable<OutcomeLabel> Labels(string deviceId) => Enumerable.Range(0, _states).Select(i => new OutcomeLabel
    {
        DeviceId = deviceId, FromUs = Us(i * RowsPerState), ToUs = Us(((i + 1) * RowsPerState) - 1), Label = States[(i + _seed) % States.Length],
        Kind = LabelKind.State, Source = "operator",
    });

    private long Us(int row) => _start.ToUnixMicroseconds() + (row * Second);

    private string Write(int seed)
    {
        var random = new Random(seed);
        float Noise() => 0.3f * (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f);
        var text = new StringBuilder("datetime;").AppendLine(string.Join(';', Channels));
        for (var row = 0; row < Rows; row++)
        {
            var (current, pressure, flow) = States[((row / RowsPerState) + seed) % States.Length] switch
            {
                "pumping" => (4f, 3 + MathF.Sin(row * 0.9f), 5f),
                "blocked" => (6f, 6f, 0f),
                _ => (0f, 0f, 0f),
            };
            text.AppendLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_start.AddSeconds(row):yyyy-MM-dd HH:mm:ss};{current + Noise():0.####};{pressure + Noise():0.####};{flow + Noise():0.####}"));
        }

        return text.ToString();
    }
}
