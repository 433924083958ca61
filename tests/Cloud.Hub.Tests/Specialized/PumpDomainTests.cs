using Cloud.Hub.Specialized.Pump;
using Hmas.Contracts.Facts;

namespace Cloud.Hub.Tests.Specialized;

public sealed class PumpDomainTests
{
    private static readonly string[] Channels = [
        "Accelerometer1RMS", "Accelerometer2RMS", "Current", "Pressure", "Temperature", "Thermocouple", "Voltage", "Volume Flow RateRMS"];

    [Theory]
    [InlineData("valve-closing-outlet", new float[] { 0, 0, -2, 4, 0, 0, 0, -12 })]
    [InlineData("valve-closing-inlet", new float[] { 2, 2, 0, -6, 0, 0, 0, -12 })]
    [InlineData("leak", new float[] { 0, 0, 0, -8, 0, 0, 0, -7 })]
    [InlineData("rotor-imbalance", new float[] { 9, 7, 0, 0, 0, 0, 0, 0 })]
    [InlineData("bearing-wear", new float[] { 8, 8, 3, 0, 6, 0, 0, 0 })]
    [InlineData("hot-fluid", new float[] { 0, 0, 0, 0, 2, 9, 0, 0 })]
    [InlineData("supply-voltage", new float[] { 0, 0, 3, 0, 0, 0, -8, 0 })]
    public void A_fault_is_named_by_how_its_quantities_left_their_levels(string fault, float[] away)
    {
        var advice = PumpDomain.Advise("pump-1", Channels, Window(away));
        Assert.Equal(fault, advice.Fault);
        Assert.InRange(advice.Confidence, 0.5, 1.0);
        Assert.NotEmpty(advice.Reasons);
        Assert.NotEmpty(advice.Advice);
    }

    [Fact]
    public void A_healthy_window_has_no_fault()
    {
        var advice = PumpDomain.Advise("pump-1", Channels, Window(new float[8]));
        Assert.Equal((PumpFaults.Unknown, 0.0), (advice.Fault, advice.Confidence));
    }

    [Fact]
    public void A_window_without_calibration_is_unknown_and_says_why()
    {
        var window = Window([9, 9, 0, 0, 0, 0, 0, 0]) with { Centre = [], Scale = [] };
        Assert.Contains("calibration", Assert.Single(PumpDomain.Advise("pump-1", Channels, window).Reasons), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_values_are_passed_over()
    {
        var window = Window([9, 7, 0, 0, 0, 0, 0, 0]);
        window.Window[0] = float.NaN;
        Assert.Equal("rotor-imbalance", PumpDomain.Advise("pump-1", Channels, window).Fault);
    }

    [Fact]
    public void Every_fault_has_advice() => Assert.All(PumpDomain.Faults, fault => Assert.NotEmpty(fault.Advice));

    /// <summary>A window of 20 rows around a centre of 10 with scale 2; each channel lies the given
    /// number of scales away and moves by one scale.</summary>
    private static ExperienceRecord Window(float[] away)
    {
        var values = new float[8 * 20];
        for (var channel = 0; channel < 8; channel++)
        {
            for (var step = 0; step < 20; step++) values[(channel * 20) + step] = 10 + (2 * away[channel]) + (step % 2 == 0 ? 2 : -2);
        }

        return new ExperienceRecord
        {
            RunId = "run",
            StartUs = 0,
            EndUs = 19,
            Window = values,
            Channels = 8,
            Centre = [.. Enumerable.Repeat(10f, 8)],
            Scale = [.. Enumerable.Repeat(2f, 8)],
            ModelDigest = "",
            Score = 0,
            Threshold = 1,
            Reasons = ExperienceReasons.Routine,
            Value = 0,
        };
    }
}
