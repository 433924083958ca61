using Edge.Sensors.Simulation;

namespace Edge.Tests.Simulation;

/// <summary>Directions of change that hydraulics and mechanics demand, over 200 s healthy and 200 s faulty of the same machine.</summary>
public sealed class PumpModelTests
{
    private const int Rows = 200;

    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_seed_others()
    {
        Assert.Equal(Run(new PumpSettings { Seed = 7 }), Run(new PumpSettings { Seed = 7 }));
        Assert.NotEqual(Run(new PumpSettings { Seed = 7 }), Run(new PumpSettings { Seed = 8 }));
    }

    [Theory]
    [InlineData(FaultKind.ValveClosing, PumpChannels.Flow, -1)]
    [InlineData(FaultKind.ValveClosing, PumpChannels.Pressure, 1)]
    [InlineData(FaultKind.Leak, PumpChannels.Flow, -1)]
    [InlineData(FaultKind.Leak, PumpChannels.Pressure, -1)]
    [InlineData(FaultKind.Cavitation, PumpChannels.Flow, -1)]
    [InlineData(FaultKind.Cavitation, PumpChannels.Accelerometer1, 1)]
    [InlineData(FaultKind.BearingWear, PumpChannels.Accelerometer1, 1)]
    [InlineData(FaultKind.BearingWear, PumpChannels.Current, 1)]
    [InlineData(FaultKind.BearingWear, PumpChannels.Temperature, 1)]
    public void A_fault_moves_its_channels_the_way_physics_does(FaultKind kind, int channel, int direction)
    {
        var (healthy, faulty) = Means(
            new Fault(kind, TimeSpan.FromSeconds(Rows), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(2 * Rows), 1), channel);
        Assert.Equal(direction, Math.Sign(faulty - healthy));
    }

    [Fact]
    public void Sensor_faults_touch_their_own_channel_only()
    {
        var plan = new FaultPlan(
            [new Fault(FaultKind.Stuck, TimeSpan.FromSeconds(50), TimeSpan.Zero, TimeSpan.FromSeconds(100), 1, PumpChannels.Flow)]);
        var healthy = Run(new PumpSettings());
        var stuck = Run(new PumpSettings { Faults = plan });
        for (var row = 50; row < 100; row++)
        {
            Assert.Equal(stuck[49][PumpChannels.Flow], stuck[row][PumpChannels.Flow]);
            Assert.Equal(healthy[row][PumpChannels.Current], stuck[row][PumpChannels.Current]);
        }
    }

    [Fact]
    public void A_dropped_out_channel_has_no_value()
    {
        var plan = new FaultPlan([new Fault(FaultKind.Dropout, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromSeconds(10), 1, PumpChannels.Voltage)]);
        var rows = Run(new PumpSettings { Faults = plan });
        Assert.True(float.IsNaN(rows[9][PumpChannels.Voltage]));
        Assert.False(float.IsNaN(rows[10][PumpChannels.Voltage]));
    }

    [Fact]
    public void A_fault_that_ends_before_it_starts_is_refused()
    {
        var plan = new FaultPlan([new Fault(FaultKind.Leak, TimeSpan.FromSeconds(5), TimeSpan.Zero, TimeSpan.FromSeconds(4), 1)]);
        Assert.Contains(
            "Faults[0]", Assert.Throws<ArgumentException>(() => new PumpModel(new PumpSettings { Faults = plan })).Message, StringComparison.Ordinal);
    }

    private static (double Healthy, double Faulty) Means(Fault fault, int channel)
    {
        var rows = Run(new PumpSettings { Faults = new FaultPlan([fault]), RunningFor = 36_000 }, 2 * Rows);
        return (rows.Take(Rows).Average(row => row[channel]), rows.Skip(Rows + 20).Average(row => row[channel]));
    }

    private static float[][] Run(PumpSettings settings, int rows = Rows)
    {
        var model = new PumpModel(settings);
        var result = new float[rows][];
        for (var i = 0; i < rows; i++) model.Step(result[i] = new float[PumpChannels.Count]);
        return result;
    }
}
