using Edge.Sensors.Simulation;

namespace Edge.Tests.Simulation;

public sealed class MotorModelTests
{
    private const int Rows = 5000;
    private static readonly FaultPlan Worn = new([new Fault(FaultKind.BearingWear, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.MaxValue, 1)]);

    [Fact]
    public void The_same_seed_gives_the_same_values_and_another_seed_others()
    {
        Assert.Equal(Run(new MotorSettings { Seed = 7 }), Run(new MotorSettings { Seed = 7 }));
        Assert.NotEqual(Run(new MotorSettings { Seed = 7 }), Run(new MotorSettings { Seed = 8 }));
    }

    [Fact]
    public void A_worn_bearing_sings_at_its_ball_pass_frequency_and_a_healthy_one_does_not()
    {
        var (healthy, worn) = (Run(new MotorSettings()), Run(new MotorSettings { Faults = Worn }));
        var tone = MotorModel.OuterRaceOrder * Mean(worn, MotorChannels.Speed);
        Assert.Equal(88, tone, 1.5);
        Assert.True(Power(worn, tone) > 50 * Power(healthy, tone), $"{Power(worn, tone)} at {tone:F1} Hz against {Power(healthy, tone)}");
        Assert.True(Power(worn, 2 * tone) > 50 * Power(healthy, 2 * tone), "second harmonic");
        // The shaft's own line is the machine's, worn or not.
        Assert.InRange(Power(worn, Mean(worn, MotorChannels.Speed)) / Power(healthy, Mean(healthy, MotorChannels.Speed)), 0.5, 2);
    }

    [Theory]
    [InlineData(MotorChannels.Current, 1)]
    [InlineData(MotorChannels.Speed, -1)]
    [InlineData(MotorChannels.Temperature, 1)]
    public void Load_and_wear_move_a_channel_the_same_way(int channel, int direction)
    {
        var healthy = Mean(Run(new MotorSettings { Load = 0.4 }), channel);
        Assert.Equal(direction, Math.Sign(Mean(Run(new MotorSettings { Load = 0.9 }), channel) - healthy));
        Assert.Equal(direction, Math.Sign(Mean(Run(new MotorSettings { Load = 0.4, Faults = Worn }), channel) - healthy));
    }

    [Theory]
    [InlineData(100, 0.6, "RateHz")]
    [InlineData(500, 1.3, "Load")]
    [InlineData(double.NaN, 0.6, "RateHz")]
    public void What_the_physics_does_not_cover_is_refused(double rateHz, double load, string field) =>
        Assert.StartsWith(
            field, Assert.Throws<ArgumentException>(() => new MotorModel(new MotorSettings { RateHz = rateHz, Load = load })).Message,
            StringComparison.Ordinal);

    private static double Mean(float[][] rows, int channel) => rows.Average(row => (double)row[channel]);

    /// <summary>Of the vibration in a band of 2 Hz around a frequency, by the plain definition of the Fourier sum.</summary>
    private static double Power(float[][] rows, double hz)
    {
        var power = 0.0;
        for (var f = hz - 1; f <= hz + 1; f += 0.1)
        {
            double re = 0, im = 0;
            for (var i = 0; i < rows.Length; i++)
            {
                re += rows[i][MotorChannels.Vibration] * Math.Cos(2 * Math.PI * f * i / 500);
                im += rows[i][MotorChannels.Vibration] * Math.Sin(2 * Math.PI * f * i / 500);
            }

            power += ((re * re) + (im * im)) / rows.Length;
        }

        return power;
    }

    private static float[][] Run(MotorSettings settings)
    {
        var model = new MotorModel(settings);
        return [.. Enumerable.Range(0, Rows).Select(_ =>
        {
            var row = new float[MotorChannels.Count];
            model.Step(row);
            return row;
        })];
    }
}
