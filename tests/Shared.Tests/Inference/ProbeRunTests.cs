using System.Buffers.Binary;
using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Shared.Tests.Inference;

public class ProbeRunTests
{
    private const int CalibrationRows = 20;

    [Fact]
    public void A_model_that_answers_as_recorded_passes_and_one_recorded_answer_beyond_the_tolerance_is_named()
    {
        var rows = Rows(CalibrationRows + (3 * 8));
        using var recorder = Fixture.Detector();
        var probe = new RecordedProbe { CalibrationRows = CalibrationRows, Rows = rows, Answers = ProbeRun.Answers(
            recorder, CalibrationRows, rows), Tolerance = 1e-3 };
        Assert.Equal(3, probe.Answers.Count);
        using var same = WithProbe(probe);
        ProbeRun.Verify(same);

        using var other = WithProbe(
            probe with { Answers = [probe.Answers[0], probe.Answers[1] + (0.002f * MathF.Max(1, probe.Answers[1])), probe.Answers[2]] });
        var refused = Assert.Throws<InferenceException>(() => ProbeRun.Verify(other));
        Assert.Equal("Probe", refused.Code);
        Assert.Contains("recorded window 1: answer ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_model_with_the_probe_of_this_one_does_not_pass()
    {
        var rows = Rows(CalibrationRows + 8);
        using var recorder = Fixture.Detector();
        var probe = new RecordedProbe { CalibrationRows = CalibrationRows, Rows = rows, Answers = ProbeRun.Answers(
            recorder, CalibrationRows, rows), Tolerance = 1e-3 };
        // Its residual is 0 everywhere, so no score is a number.
        using var identity = new Detector(Fixture.Manifest() with { Probe = probe }, Fixture.Model("identity"), new SessionSettings());
        Assert.Contains(Assert.Throws<InferenceException>(() => ProbeRun.Verify(identity)).Code, new[] { "Probe", "Calibration" });
    }

    [Fact]
    public void A_classifier_is_held_to_the_probability_of_every_class()
    {
        var rows = Rows(2 * 8);
        var manifest = Fixture.Manifest(ModelHead.AnomalyLogit)
            with { Head = ModelHead.Classes, Classes = ["first", "second", "third"], Output = new TensorSpec("y", [1, 3]) };
        using var recorder = new Classifier(manifest, Fixture.Model("classes"), new SessionSettings());
        var probe = new RecordedProbe { CalibrationRows = 0, Rows = rows, Answers = ProbeRun.Answers(recorder, rows), Tolerance = 1e-3 };
        Assert.Equal(6, probe.Answers.Count);
        using var same = new Classifier(manifest with { Probe = probe }, Fixture.Model("classes"), new SessionSettings());
        ProbeRun.Verify(same);
        using var other = new Classifier(
            manifest with { Probe = probe with { Answers = [.. probe.Answers.Reverse()] } }, Fixture.Model("classes"), new SessionSettings());
        Assert.Equal("Probe", Assert.Throws<InferenceException>(() => ProbeRun.Verify(other)).Code);
    }

    private static Detector WithProbe(RecordedProbe probe) =>
        new(Fixture.Manifest() with { Probe = probe }, Fixture.Model("half"), new SessionSettings());

    private static byte[] Rows(int count)
    {
        var bytes = new byte[count * 2 * sizeof(float)];
        for (var i = 0; i < count * 2; i++) BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), MathF.Sin(i * 0.7f) + (i % 5));
        return bytes;
    }
}
