using Cloud.Hub.Learning.Search;

namespace Cloud.Hub.Tests.Learning.Search;

public sealed class SearchStudyTests
{
    private static readonly SearchDimension[] Space = [
        new("rate", 1e-4, 1, IsLogarithmic: true), new("width", 4, 64, IsInteger: true), new("share", 0, 1)];

    [Fact]
    public void Tree_parzen_ends_far_nearer_to_the_minimum_than_random_places()
    {
        Assert.True(Median(new TreeParzen()) < 0.1 * Median(new RandomSearch()), $"{Median(new TreeParzen())} against {Median(new RandomSearch())}");

        static double Median(ISearchStrategy strategy) =>
            Enumerable.Range(0, 11).Select(seed => Searched(strategy, (ulong)seed, 100).Best!.Value!.Value).Order().ElementAt(5);
    }

    [Fact]
    public void A_search_resumed_from_its_trials_goes_on_as_one_that_was_never_stopped()
    {
        var whole = Searched(new TreeParzen(), 5, 60);
        var stopped = Searched(new TreeParzen(), 5, 35);
        var resumed = Searched(new TreeParzen(), 5, 60, stopped.Trials);
        Assert.Equal(whole.Trials.Select(t => t.Value), resumed.Trials.Select(t => t.Value));
    }

    [Fact]
    public void Trials_that_run_at_the_same_time_spread_out()
    {
        var study = Searched(new TreeParzen(), 3, 30);
        var asked = Enumerable.Range(0, 6).Select(_ => study.Ask()).ToArray();
        Assert.Equal(6, study.Open.Count());
        Assert.Equal(6, asked.Select(trial => trial.Unit[0]).Distinct().Count());
    }

    [Fact]
    public void A_trial_that_fails_is_never_the_best_and_does_not_stop_the_search()
    {
        var study = new SearchStudy(Space, new TreeParzen(), 1);
        for (var i = 0; i < 50; i++) study.Tell(study.Ask().Id, i % 3 == 0 ? double.NaN : i);
        Assert.Equal(1, study.Best!.Value);
    }

    [Fact]
    public void Values_keep_to_their_range_and_kind()
    {
        var study = Searched(new TreeParzen(), 2, 60);
        foreach (var values in study.Trials.Select(study.Values))
        {
            Assert.InRange(values["rate"], 1e-4, 1);
            Assert.InRange(values["width"], 4, 64);
            Assert.Equal(Math.Round(values["width"]), values["width"]);
        }
    }

    [Fact]
    public void A_space_in_which_nothing_can_be_tried_is_refused_by_name()
    {
        Assert.Contains(
            "without dimensions", Assert.Throws<ArgumentException>(() => new SearchStudy([], new RandomSearch(), 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'rate'", Assert.Throws<ArgumentException>(() => new SearchStudy([new("rate", 1, 1)], new RandomSearch(), 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains(
            "'rate'",
            Assert.Throws<ArgumentException>(() => new SearchStudy([new("rate", 0, 1, IsLogarithmic: true)], new RandomSearch(), 1)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Halving_gives_the_large_budgets_to_the_few_that_were_good_with_small_ones()
    {
        var halving = new SuccessiveHalving(1, 27);
        var spent = new Dictionary<int, int>();
        var (started, steps) = (0, 0);
        while (started < 81)
        {
            steps++;
            var (trial, rung, budget) = halving.Promote() ?? New();
            spent[trial] = budget;
            halving.Report(trial, rung, trial == 40 ? double.NaN : (trial * 37) % 81);
        }

        Assert.Equal(27, spent[0]);
        Assert.Equal(1, spent[40]);
        Assert.InRange(spent.Values.Count(budget => budget == 27), 1, 9);
        Assert.True(
            spent.Values.Count(budget => budget == 1) >= 45,
            $"{spent.Values.Count(budget => budget == 1)} of 81 stayed at the smallest budget, {steps} steps");

        (int Trial, int Rung, int Budget) New()
        {
            var (rung, budget) = halving.Start(started);
            return (started++, rung, budget);
        }
    }

    [Fact]
    public void Brackets_begin_at_different_budgets()
    {
        var halving = new SuccessiveHalving(2, 20, brackets: 3);
        Assert.Equal([(0, 2), (1, 6), (2, 18), (0, 2)], Enumerable.Range(0, 4).Select(halving.Start));
        Assert.Throws<ArgumentException>(() => new SuccessiveHalving(2, 20, brackets: 4));
    }

    private static SearchStudy Searched(ISearchStrategy strategy, ulong seed, int trials, IReadOnlyList<SearchTrial>? earlier = null)
    {
        var study = new SearchStudy(Space, strategy, seed, earlier);
        while (study.Trials.Count < trials)
        {
            var trial = study.Ask();
            study.Tell(trial.Id, Math.Pow(trial.Unit[0] - 0.3, 2) + Math.Pow(trial.Unit[1] - trial.Unit[0], 2) + Math.Pow(trial.Unit[2] - 0.7, 2));
        }

        return study;
    }
}
