using Edge.Sensors.Simulation;

namespace Edge.Tests.Simulation;

/// <summary>Each fault of a sensor against the same machine without it: everything else stays as it was.</summary>
public sealed class SensorFaultTests
{
    private const int Rows = 400;
    private const double PressureSpread = 0.24;

    [Fact]
    public void A_drift_grows_with_its_ramp_to_ten_healthy_spreads_and_ends()
    {
        var off = Off(new Fault(FaultKind.Drift, Seconds(100), Seconds(100), Seconds(300), 1, PumpChannels.Pressure));
        Assert.All(off[..100], static value => Assert.Equal(0, value));
        Assert.Equal(10 * PressureSpread / 2, off[150], 1e-3);
        Assert.All(off[200..300], static value => Assert.Equal(10 * PressureSpread, value, 1e-3));
        Assert.All(off[300..], static value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_noise_burst_has_mean_zero_and_the_spread_that_its_severity_says()
    {
        // Noise drawn for the fault shifts what the machine draws later, so the machine stands still: its temperature moves slowly.
        var rows = Run(new FaultPlan([new Fault(FaultKind.NoiseBurst, Seconds(0), TimeSpan.Zero, Seconds(Rows), 0.5, PumpChannels.Thermocouple)]));
        var values = rows.Select(row => (double)row[PumpChannels.Thermocouple]).ToArray();
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        // 10 × 0.02 × 0.5, within what 400 draws allow (3 standard errors are 11 %).
        Assert.InRange(deviation, 0.089, 0.111);
        Assert.InRange(mean - Run(FaultPlan.Healthy).Average(row => (double)row[PumpChannels.Thermocouple]), -0.015, 0.015);
    }

    [Fact]
    public void A_machine_refuses_faults_that_it_cannot_have()
    {
        var leak = new FaultPlan([new Fault(FaultKind.Leak, TimeSpan.Zero, TimeSpan.Zero, Seconds(1), 1)]);
        Assert.Contains(
            "Faults[0].Kind: Leak", Assert.Throws<ArgumentException>(() => new MotorModel(new MotorSettings { Faults = leak })).Message,
            StringComparison.Ordinal);
        var beyond = new FaultPlan([new Fault(FaultKind.Stuck, TimeSpan.Zero, TimeSpan.Zero, Seconds(1), 1, MotorChannels.Count)]);
        Assert.Contains(
            "Faults[0].Channel: 4", Assert.Throws<ArgumentException>(() => new MotorModel(new MotorSettings { Faults = beyond })).Message,
            StringComparison.Ordinal);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    /// <summary>What the fault adds to the pressure, row by row.</summary>
    private static double[] Off(Fault fault)
    {
        var (healthy, faulty) = (Run(FaultPlan.Healthy), Run(new FaultPlan([fault])));
        return [.. healthy.Zip(faulty, static (a, b) => (double)b[PumpChannels.Pressure] - a[PumpChannels.Pressure])];
    }

    private static float[][] Run(FaultPlan faults)
    {
        var model = new PumpModel(new PumpSettings { Faults = faults, RunningFor = 36_000 });
        return [.. Enumerable.Range(0, Rows).Select(_ =>
        {
            var row = new float[PumpChannels.Count];
            model.Step(row);
            return row;
        })];
    }
}
