using FsCheck.Xunit;
using Hmas.Signals;

namespace Shared.Tests.Signals;

public class SpectrumTests
{
    [Property(MaxTest = 60)]
    public void Power_equals_the_plain_spectrum(int seed, byte log, byte extra)
    {
        var length = 4 << (log % 6);
        var values = Plain.Noise(length + extra, seed, offset: 3);
        var spectrum = new PowerSpectrum(length);
        var power = new float[spectrum.Bins];

        spectrum.Compute(values, power);

        var expected = Plain.Spectrum(values, length);
        for (var k = 0; k < power.Length; k++)
            Plain.Near(expected[k], power[k], 1e-5, $"bin {k} of FFT length {length} over {values.Length} samples, seed {seed}");
    }

    [Fact]
    public void A_sines_power_is_half_its_squared_amplitude_and_lies_around_its_frequency()
    {
        var spectrum = new PowerSpectrum(256);
        var power = new float[spectrum.Bins];
        spectrum.Compute(Plain.Sine(1024, hz: 32, rateHz: 256, amplitude: 3), power);
        Plain.Near(4.5, power.Sum(), 1e-4, "total power");
        Plain.Near(4.5, power[31..34].Sum(), 1e-4, "power around bin 32");
    }

    [Fact]
    public void A_window_shorter_than_the_fft_is_refused()
    {
        var spectrum = new PowerSpectrum(64);
        Assert.Throws<ArgumentException>(() => spectrum.Compute(new float[63], new float[33]));
    }

    [Fact]
    public void Equal_bands_share_out_all_power_and_count_none_twice()
    {
        var spectrum = new PowerSpectrum(64);
        var power = new float[spectrum.Bins];
        spectrum.Compute(Plain.Noise(200, seed: 5), power);
        // Half a bin above half the rate lies outside the last band: the band's edge cuts that bin in the middle.
        var expected = power[1..^1].Sum() + (power[^1] / 2) + (power[0] / 2);

        foreach (var bands in new[] { 1, 3, 7, 32 })
        {
            var output = new float[bands];
            SpectrumBands.Weights(bands, 0, 50, 64, 100).LogPower(power, output);
            Plain.Near(expected, output.Sum(value => Math.Exp(value) - BandWeights.Floor), 1e-5, $"power in {bands} bands");
        }
    }

    [Fact]
    public void A_tone_stands_out_in_its_own_band()
    {
        var spectrum = new PowerSpectrum(256);
        var power = new float[spectrum.Bins];
        spectrum.Compute(Plain.Sine(256, hz: 330, rateHz: 1000), power);
        var output = new float[5];
        SpectrumBands.Weights(5, 0, 500, 256, 1000).LogPower(power, output);
        Assert.Equal(3, Array.IndexOf(output, output.Max()));
    }

    [Fact]
    public void The_mel_scale_gives_a_thousand_mel_at_a_thousand_hertz_and_turns_back()
    {
        Plain.Near(1000, MelBands.ToMel(1000), 1e-4, "mel at 1000 Hz");
        Plain.Near(440, MelBands.ToHz(MelBands.ToMel(440)), 1e-9, "back and forth");
    }

    [Fact]
    public void Mel_bands_are_triangles_between_their_neighbours_peaks()
    {
        const int bands = 6;
        var weights = MelBands.Weights(bands, 20, 4000, 512, 16000);
        double Edge(int i) => MelBands.ToHz(MelBands.ToMel(20) + ((MelBands.ToMel(4000) - MelBands.ToMel(20)) * i / (bands + 1)));
        for (var bin = 0; bin < 257; bin++)
        {
            var power = new float[257];
            power[bin] = 1;
            var output = new float[bands];
            weights.LogPower(power, output);
            for (var band = 0; band < bands; band++)
            {
                var hz = bin * 16000.0 / 512;
                var expected = hz <= Edge(band) || hz >= Edge(band + 2) ? 0
                    : hz <= Edge(band + 1) ? (hz - Edge(band)) / (Edge(band + 1) - Edge(band))
                    : (Edge(band + 2) - hz) / (Edge(band + 2) - Edge(band + 1));
                Plain.Near(Math.Log(expected + BandWeights.Floor), output[band], 1e-4, $"weight of bin {bin} in band {band}");
            }
        }
    }

    [Fact]
    public void Silence_gives_the_floor_and_not_minus_infinity()
    {
        var output = new float[4];
        SpectrumBands.Weights(4, 0, 50, 64, 100).LogPower(new float[33], output);
        Assert.All(output, value => Plain.Near(Math.Log(1e-6), value, 1e-5, "band of silence"));
    }
}
