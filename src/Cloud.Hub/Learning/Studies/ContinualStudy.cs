using System.Globalization;
using Cloud.Hub.Learning.Corpora;
using Cloud.Hub.Learning.Corpora.Classes;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Training;

namespace Cloud.Hub.Learning.Studies;

/// <summary>
/// Ten rounds. The first brings every class; each later one only what the fleet lived through lately, two
/// classes, as when machines do one thing at a time. Slices are classes, on
/// groups never learnt from. Three fleets: one learns from the new alone, one mixes in replay, one also asks the gate before it takes a model.
/// </summary>
internal static class ContinualStudy
{
    private const int Rounds = 10;
    private const int Steps = 300;

    /// <summary>Windows that replay may remember.</summary>
    private const int Memory = 2000;

    private const float Rate = 0.3f;

    public static StudyResult Run(ITunableCorpus set, StudyData data, TextWriter report, CancellationToken cancellation)
    {
        var rounds = Cut(data.Known, set.Recipe.Classes.Count);
        var standardisation = ClassTrainer.Standardise(set.Recipe, rounds[0]);
        var judged = StudyData.Scale([.. data.Pool, .. data.Judged], standardisation);
        var (alone, _) = Fleet(replays: false, asks: false);
        var (mixed, _) = Fleet(replays: true, asks: false);
        var (gated, refusals) = Fleet(replays: true, asks: true);
        foreach (var refusal in refusals) report.WriteLine(refusal);
        return new StudyResult($"Ten rounds unattended, {set.Name}", "round",
        [
            ("new alone, all", Points(alone, slices => 100 * slices.Values.Sum(s => s.Correct) / slices.Values.Sum(s => s.Rows))),
            ("new alone, worst slice", Points(alone, slices => 100 * slices.Values.Min(s => s.Share))),
            ("with replay, all", Points(mixed, slices => 100 * slices.Values.Sum(s => s.Correct) / slices.Values.Sum(s => s.Rows))),
            ("with replay, worst slice", Points(mixed, slices => 100 * slices.Values.Min(s => s.Share))),
            ("replay and gate, all", Points(gated, slices => 100 * slices.Values.Sum(s => s.Correct) / slices.Values.Sum(s => s.Rows))),
            ("replay and gate, worst slice", Points(gated, slices => 100 * slices.Values.Min(s => s.Share))),
        ]);

        (List<IReadOnlyDictionary<string, SliceCount>> Rounds, List<string> Refusals) Fleet(bool replays, bool asks)
        {
            using var net = new StudyNet(set.Recipe, data.Known[0].Features.Length, Steps, seed: 1);
            var ratchet = new SliceRatchet();
            var random = new SeededRandom(3);
            var (seen, memory) = (0, new List<ClassSample>());
            var (told, refusals) = (new List<IReadOnlyDictionary<string, SliceCount>>(), new List<string>());
            IReadOnlyDictionary<string, SliceCount> best = new Dictionary<string, SliceCount>();
            for (var round = 0; round < Rounds; round++)
            {
                var before = net.Values;
                net.Fit(StudyData.Scale(replays ? Borrowed(rounds[round], memory) : rounds[round], standardisation),
                    replays ? StudyData.Scale(memory, standardisation) : [], [], round == 0 ? 1 : Rate, cancellation);
                var slices = Slices(net);
                if (asks && ratchet.Refuses(best, slices) is { } reason)
                {
                    refusals.Add(string.Create(CultureInfo.InvariantCulture, $"round {round + 1} refused: {reason}"));
                    net.Load(before);
                    slices = Slices(net);
                }
                else
                {
                    best = SliceRatchet.Raise(best, slices);
                }

                told.Add(slices);
                Remember(rounds[round], memory, ref seen, random);
            }

            return (told, refusals);
        }

        IReadOnlyDictionary<string, SliceCount> Slices(StudyNet net)
        {
            var answers = net.Ask(judged);
            return judged
                .Select((
                    sample, i) => (sample.Class, IsRight: System.Numerics.Tensors.TensorPrimitives.IndexOfMax<float>(answers[i]) == sample.Class))
                .GroupBy(answer => answer.Class)
                .ToDictionary(group => set.Recipe.Classes[group.Key], group =>
                {
                    bool[] right = [.. group.Select(answer => answer.IsRight)];
                    return new SliceCount(right.Count(static isRight => isRight), right.Length) { Right = right };
                });
        }

        static IReadOnlyList<(double X, double Y)> Points(
            IEnumerable<IReadOnlyDictionary<string, SliceCount>> rounds, Func<IReadOnlyDictionary<string, SliceCount>, double> y) =>
            [.. rounds.Select((slices, i) => ((double)(i + 1), y(slices)))];
    }

    /// <summary>Classes are drawn evenly, so one that is not among the new windows is borrowed from the memory, as the service does.</summary>
    private static List<ClassSample> Borrowed(List<ClassSample> fresh, List<ClassSample> memory)
    {
        var present = fresh.Select(sample => sample.Class).ToHashSet();
        return [.. fresh, .. memory.Where(sample => !present.Contains(sample.Class))];
    }

    /// <summary>A tenth of the windows each, in the order of their groups; from the second round on of
    /// two classes only, which change from round to round.</summary>
    private static List<List<ClassSample>> Cut(IReadOnlyList<ClassSample> samples, int classes)
    {
        var rounds = new List<List<ClassSample>>();
        for (var round = 0; round < Rounds; round++)
        {
            var part = samples.Skip((int)((long)samples.Count * round / Rounds)).Take(samples.Count / Rounds);
            var (one, other) = (round % classes, (round + (classes / 2)) % classes);
            rounds.Add(
                round == 0 ? [.. samples.Where((_, i) => i % Rounds == 0)] : [.. part.Where(sample => sample.Class == one || sample.Class == other)]);
            if (rounds[round].Count == 0)
                rounds[round] = [.. samples.Where((sample, i) => i % Rounds == round && (sample.Class == one || sample.Class == other))];
        }

        return rounds;
    }

    /// <summary>Every window seen so far stays with the same chance (reservoir, Vitter 1985).</summary>
    private static void Remember(IEnumerable<ClassSample> samples, List<ClassSample> memory, ref int seen, SeededRandom random)
    {
        foreach (var sample in samples)
        {
            seen++;
            if (memory.Count < Memory) memory.Add(sample);
            else if (random.Next(seen) is var place && place < Memory) memory[place] = sample;
        }
    }
}
