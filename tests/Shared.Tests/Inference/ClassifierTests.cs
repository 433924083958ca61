using Hmas.Contracts.Models;
using Hmas.Inference;

namespace Shared.Tests.Inference;

public class ClassifierTests
{
    private static readonly FeatureRecipe Means = new()
    {
        Normalisation = Normalisation.None,
        Clip = 0,
        Layout = TensorLayout.Vector,
        Features = [new FeatureSpec(FeatureKind.Mean), new FeatureSpec(FeatureKind.Deviation), new FeatureSpec(FeatureKind.Slope)],
    };

    /// <summary>Two channels of eight equal values: features a, b, then zeros; logits 2a, a + b, 0.</summary>
    private static float[] Window(float a, float b) => [.. Enumerable.Repeat(a, 8), .. Enumerable.Repeat(b, 8)];

    private static ModelManifest Manifest(double temperature = 1) => Fixture.Manifest() with
    {
        Recipe = Means,
        Input = new TensorSpec("x", [1, 6]),
        Output = new TensorSpec("y", [1, 3]),
        Head = ModelHead.Classes,
        Classes = ["first", "second", "third"],
        Temperature = temperature,
    };

    [Fact]
    public void Probabilities_are_the_softmax_of_the_logits_over_the_temperature()
    {
        using var classifier = new Classifier(Manifest(temperature: 2), Fixture.Model("classes"), new SessionSettings());

        var prediction = classifier.Classify(Window(1, 3));

        double[] logits = [2, 4, 0];
        var sum = logits.Sum(x => Math.Exp(x / 2));
        for (var i = 0; i < 3; i++) Assert.Equal(Math.Exp(logits[i] / 2) / sum, classifier.Probabilities[i], 1e-5);
        Assert.Equal(1, prediction.Class);
        Assert.Equal(classifier.Probabilities[1], prediction.Probability);
        Assert.Equal(classifier.Probabilities[1] - classifier.Probabilities[0], prediction.Margin, 1e-6);
    }

    [Fact]
    public void Logits_far_apart_overflow_nothing()
    {
        using var classifier = new Classifier(Manifest(), Fixture.Model("classes"), new SessionSettings());
        Assert.Equal(new ClassPrediction(0, 1, 1), classifier.Classify(Window(1e6f, 0)));
    }

    [Fact]
    public void A_window_without_finite_logits_has_no_class()
    {
        using var classifier = new Classifier(Manifest(), Fixture.Model("classes"), new SessionSettings());
        var prediction = classifier.Classify(Window(float.PositiveInfinity, 0));
        Assert.False(prediction.IsValid);
        Assert.Equal(-1, prediction.Class);
    }

    [Fact]
    public void Classifying_allocates_nothing()
    {
        using var classifier = new Classifier(Manifest(), Fixture.Model("classes"), new SessionSettings());
        var window = Window(1, 2);
        classifier.Classify(window);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) classifier.Classify(window);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    public static TheoryData<string, ModelManifest> Misfits => new()
    {
        { "Head", Manifest() with { Head = ModelHead.AnomalyLogit } },
        { "Head", Manifest(temperature: 0) },
        { "Shape", Manifest() with { Classes = ["first", "second"] } },
        { "Shape", Manifest() with { Input = new TensorSpec("x", [1, 7]) } },
        { "Recipe", Manifest() with { Recipe = Means with { Features = [] } } },
    };

    [Theory]
    [MemberData(nameof(Misfits), DisableDiscoveryEnumeration = true)]
    public void A_manifest_that_does_not_fit_is_refused_with_its_code(string code, ModelManifest manifest)
    {
        Assert.Equal(code, Assert.Throws<InferenceException>(() => new Classifier(manifest, Fixture.Model("classes"), new SessionSettings())).Code);
    }

    [Fact]
    public void A_detector_refuses_a_classifier()
    {
        Assert.Equal("Head", Assert.Throws<InferenceException>(() => new Detector(Manifest(), Fixture.Model("classes"), new SessionSettings())).Code);
    }
}
