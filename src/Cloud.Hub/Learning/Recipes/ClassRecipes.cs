using Cloud.Hub.Learning.Training;
using Cloud.Hub.Learning.Training.Layers;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Recipes;

/// <summary>The classification recipes there are. Their numbers were chosen by leaving out days, batches and
/// people of the development recordings (docs/learning-results.md).</summary>
internal static class ClassRecipes
{
    /// <summary>Classes assumed where none are known yet: for the list of recipes.</summary>
    private const int SampleClasses = 4;

    /// <summary>Means of three minutes take the sensor's noise away; then the level, and how far it
    /// rose or fell over minutes to an hour and a half.</summary>
    public static readonly ClassRecipe Presence = new()
    {
        Name = "presence",
        Purpose = "is somebody in the room: rise and fall of CO2 over 3 to 100 minutes",
        Channels = ["CO2"],
        RateHz = 1.0 / 60,
        Window = new WindowSpec(103, 1),
        Features = Vector(
            [],
            [
                new FeatureSpec(FeatureKind.Mean) { Rows = 3 },
                .. new[] { 3, 6, 12, 25, 50, 100 }.Select(lag => new FeatureSpec(FeatureKind.MeanChange) { Rows = 3, Lag = lag }),
            ]),
        Classes = ["empty", "occupied"],
        Layers = () => Dense(2, 0.1f, 64, 32),
        Noise = 0.1f,
        Steps = 3000,
        Settings = new TrainingSettings { BatchSize = 128, LearningRate = 2e-3f, WarmupShare = 0.1f, WeightDecay = 1e-2f, ClipNorm = 5f },
    };

    /// <summary>One row is one finished measurement of sixteen sensors.</summary>
    public static readonly ClassRecipe Gas = new()
    {
        Name = "gas",
        Purpose = "which gas, while sensors drift: logarithms of 16 sensors' steady and transient answers",
        Channels = [.. from sensor in Enumerable.Range(
            1, 16) from value in new[] { "dr", "drn", "ema1i", "ema2i", "ema3i", "ema1d", "ema2d", "ema3d" } select $"s{sensor:00}_{value}"],
        RateHz = 1,
        Window = new WindowSpec(1, 1),
        Features = Vector(
            [.. Enumerable.Range(0, 128).Select(channel => new DerivedChannel(DerivedKind.Asinh, [channel]))],
            [new FeatureSpec(FeatureKind.Values) { Channels = [.. Enumerable.Range(128, 128)] }]),
        Classes = ["gas 1", "gas 2", "gas 3", "gas 4", "gas 5", "gas 6"],
        Clip = 3f,
        Layers = () => Dense(6, 0.3f, 64),
        Noise = 0.1f,
        Steps = 1500,
        Settings = new TrainingSettings { BatchSize = 96, LearningRate = 2e-3f, WarmupShare = 0.3f, WeightDecay = 5e-2f, ClipNorm = 5f },
    };

    /// <summary>Posture and motion of the last 2.56 s, and how posture changed over the 20 s before: sitting and standing differ
    /// less from each other than people do, but not from themselves a while ago.</summary>
    public static readonly ClassRecipe Activity = new()
    {
        Name = "activity",
        Purpose = "what a person does, from an accelerometer at the waist: 2.56 s against the 20 s before",
        Channels = ["ax", "ay", "az"],
        RateHz = 50,
        Window = new WindowSpec(128 + 1024, 64),
        Features = Vector(
            [
                new DerivedChannel(DerivedKind.Magnitude, [0, 1, 2]),
                new DerivedChannel(DerivedKind.AlongMean, [0, 1, 2], 128),
                new DerivedChannel(DerivedKind.AcrossMean, [0, 1, 2], 128),
            ],
            [
                new FeatureSpec(FeatureKind.Mean) { Rows = 128, Channels = [0, 1, 2] },
                new FeatureSpec(FeatureKind.LogDeviation) { Rows = 128 },
                new FeatureSpec(FeatureKind.LogDifferenceDeviation) { Rows = 128 },
                // Steps come at 1.5 to 2.5 Hz; their overtones tell stairs from level ground.
                new FeatureSpec(FeatureKind.SpectrumBands, 128, 8, 0.4f, 4.4f) { Rows = 128, Channels = [3, 4] },
                new FeatureSpec(FeatureKind.SpectrumBands, 128, 6, 4.4f, 25) { Rows = 128, Channels = [3, 4] },
                .. new[] { 256, 512, 1024 }.Select(lag => new FeatureSpec(FeatureKind.MeanChange) { Rows = 128, Lag = lag, Channels = [0, 1, 2] }),
                .. new[] { 256, 512, 1024 }.Select(span => new FeatureSpec(FeatureKind.PeakLogDeviation, 128) { Rows = 128 + span, Channels = [3] }),
            ]),
        Classes = ["walking", "upstairs", "downstairs", "sitting", "standing", "lying"],
        Clip = 5f,
        Layers = () => Dense(6, 0.2f, 64, 32),
        Noise = 0.1f,
        Steps = 3000,
        Settings = new TrainingSettings { BatchSize = 128, LearningRate = 2e-3f, WarmupShare = 0.1f, WeightDecay = 5e-2f, ClipNorm = 5f },
    };

    /// <summary>Levels, restlessness and spectrum of every channel over 32 rows: fits any machine
    /// whose states people or outcomes have named.</summary>
    public static readonly ClassRecipe States = new()
    {
        Name = "states",
        Purpose = "which named state a machine is in: the classes are the names that its labels give",
        Channels = [],
        RateHz = 0,
        Window = new WindowSpec(32, 4),
        Features = Vector(
            [],
            [
                new FeatureSpec(FeatureKind.Mean),
                new FeatureSpec(FeatureKind.LogDeviation),
                new FeatureSpec(FeatureKind.LogDifferenceDeviation),
                new FeatureSpec(FeatureKind.SpectrumBands, 32, 6),
            ]),
        Classes = [],
        Clip = 5f,
        Layers = () => Dense(SampleClasses, 0.1f, 64, 32),
        Noise = 0.1f,
        Steps = 1500,
        Settings = new TrainingSettings { BatchSize = 96, LearningRate = 2e-3f, WarmupShare = 0.1f, WeightDecay = 1e-2f, ClipNorm = 5f },
    };

    public static IReadOnlyList<ClassRecipe> All { get; } = [Presence, Gas, Activity, States];

    public static bool Has(string name) => All.Any(recipe => recipe.Name == name);

    /// <param name="classes">Names told apart, for a recipe that has none of its own.</param>
    /// <exception cref="TrainingRefusedException">No such recipe.</exception>
    public static ClassRecipe Find(string name, IReadOnlyList<string> classes)
    {
        var recipe = All.FirstOrDefault(recipe => recipe.Name == name)
            ?? throw new TrainingRefusedException($"recipe '{name}' is none of {string.Join(", ", All.Select(r => r.Name))}");
        return recipe.Classes.Count > 0 || classes.Count == 0
            ? recipe : recipe with { Classes = classes, Layers = () => Dense(classes.Count, 0.1f, 64, 32) };
    }

    private static FeatureRecipe Vector(IReadOnlyList<DerivedChannel> derived, IReadOnlyList<FeatureSpec> features) => new()
    {
        Normalisation = Normalisation.None,
        Clip = 0,
        Layout = TensorLayout.Vector,
        Derived = derived,
        Features = features,
    };

    private static List<Layer> Dense(int classes, float dropout, params int[] widths)
    {
        var layers = new List<Layer>();
        foreach (var width in widths) layers.AddRange([new Dense(width), new Activation(ActivationKind.Relu), new Dropout(dropout)]);
        layers.Add(new Dense(classes));
        return layers;
    }
}
