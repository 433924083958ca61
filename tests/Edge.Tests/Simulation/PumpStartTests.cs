using Edge.Sensors.Simulation;
using Hmas.Signals;

namespace Edge.Tests.Simulation;

/// <summary>A simulated pump that is started within the 400 rows that its device is fitted to, or was running all the while.</summary>
public sealed class PumpStartTests
{
    private const int Rows = 400;

    [Theory]
    [InlineData(20)]
    [InlineData(100)]
    [InlineData(165)]
    public void The_rows_before_the_pump_runs_are_found_on_every_machine(int start)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var first = Settling.FirstRow(Run(seed, start), PumpChannels.Count);
            Assert.True(first >= start && first <= start + 20, $"seed {seed}: started at row {start}, settled from {first}");
        }
    }

    [Fact]
    public void A_pump_that_runs_warm_or_still_warming_up_is_settled_from_the_first_row()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(0, Settling.FirstRow(Run(seed, start: 0), PumpChannels.Count));
            Assert.Equal(0, Settling.FirstRow(Run(seed, start: 0, runningFor: 60), PumpChannels.Count));
        }
    }

    private static float[] Run(int seed, int start, double runningFor = 7200)
    {
        var settings = new PumpSettings { Seed = seed, RunningFor = runningFor };
        var pump = new PumpModel(settings);
        var values = new float[PumpChannels.Count];
        // Coasts down first: a pump that stands still.
        pump.Controls.Speed = start > 0 ? 0 : settings.Speed;
        for (var row = 0; start > 0 && row < 60; row++) pump.Step(values);
        var rows = new float[Rows * values.Length];
        for (var row = 0; row < Rows; row++)
        {
            if (row == start) pump.Controls.Speed = settings.Speed;
            pump.Step(rows.AsSpan(row * values.Length, values.Length));
        }

        return rows;
    }
}
