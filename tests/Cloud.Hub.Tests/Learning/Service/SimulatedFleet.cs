using Cloud.Hub.Communication.Contract;
using Cloud.Hub.Feedback.Contract;
using Cloud.Hub.Memory.Contract;
using Cloud.Hub.Memory.Domain;
using Cloud.Hub.Tests.Learning.Recipes;
using Hmas.Contracts.Commands;
using Hmas.Contracts.Facts;
using Hmas.Contracts.Models;
using Hmas.Contracts.Sensing;
using Hmas.Contracts.Twins;

namespace Cloud.Hub.Tests.Learning.Service;

/// <summary>Devices with recorded runs behind the three doors that Learning reads: each run is healthy noise,
/// then one channel leaves its level, then it is healthy again.</summary>
internal sealed class SimulatedFleet : IFleet, IFeedback, IExperienceArchive
{
    public const int CalibrationRows = 400;
    public const int Rows = 900;
    public const int FaultFrom = 560;
    public const int FaultTo = 760;
    private const int WindowRows = 60;
    private static readonly string[] Channels = ["Current", "Pressure", "Temperature", "Flow"];

    private readonly List<ArchivedExperience> _experiences = [];
    private readonly List<OutcomeLabel> _labels = [];
    private readonly List<DeviceView> _devices = [];

    /// <param name="shift">Size of the fault in standard deviations.</param>
    public SimulatedFleet(int runs, bool isLabelled = true, float shift = 8f, int seed = 1)
    {
        _devices.Add(Device("pump-1"));
        for (var run = 0; run < runs; run++) AddRun($"run-{run:00}", isLabelled, shift, new Random(seed + run));
    }

    /// <summary>Runs in three named states each.</summary>
    public static SimulatedFleet WithStates(int runs)
    {
        var fleet = new SimulatedFleet(runs: 0);
        for (var run = 0; run < runs; run++) fleet.AddStates($"run-{run:00}", run);
        return fleet;
    }

    public long Epoch { get; init; } = 7;

    public Task<IReadOnlyList<DeviceView>> DevicesAsync(CancellationToken cancellation) => Task.FromResult<IReadOnlyList<DeviceView>>(_devices);

    public Task<IReadOnlyList<OutcomeLabel>> LabelsAsync(string? deviceId, string? runId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<OutcomeLabel>>(_labels);

    public async IAsyncEnumerable<ArchivedExperience> ReadAsync(
        ExperienceQuery query, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var inOrder = query.BeforeId is { } before
            ? _experiences.Where(e => e.Id < before).OrderByDescending(e => e.Id) : _experiences.AsEnumerable();
        var wanted =
            inOrder.Where(e => (query.RunId ?? e.Record.RunId) == e.Record.RunId && (query.DeviceId ?? e.DeviceId) == e.DeviceId
                && !(e.Record.EndUs < query.FromUs) && !(e.Record.StartUs > query.ToUs)
                && (query.Reasons is null || (query.Reasons & e.Record.Reasons) != 0)).Take(query.Limit);
        foreach (var experience in wanted.ToList())
        {
            cancellation.ThrowIfCancellationRequested();
            await Task.Yield();
            yield return experience;
        }
    }

    public Task<DeviceView?> DeviceAsync(string deviceId, CancellationToken cancellation) => throw new NotSupportedException("not read by Learning");

    public Task<Enrolment> EnrolAsync(string siteId, string deviceId, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<DesiredState> SetModelAsync(string deviceId, ModelAssignment? model, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<IReadOnlyDictionary<string, string>> SetModelsAsync(
        IReadOnlyDictionary<string, ModelAssignment?> models, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<DesiredState> SetSamplingBoostAsync(string deviceId, double boost, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<CommandReply> SendAsync(
        string deviceId, string kind, TimeSpan expiresIn, IReadOnlyDictionary<string, string>? arguments, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task AddLabelsAsync(IReadOnlyList<OutcomeLabel> labels, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<IReadOnlyList<AlarmView>> AlarmsAsync(bool openOnly, int limit, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<bool> AcknowledgeAsync(string alarmId, string label, string who, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    Task<IReadOnlyList<ModelQuality>> IFeedback.QualityAsync(CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<AppendResult> AppendAsync(IReadOnlyList<FactBatch> batches, CancellationToken cancellation) =>
        throw new NotSupportedException("not read by Learning");

    public Task<IReadOnlyList<ArchivedExperience>> SampleAsync(ReplayRequest request, CancellationToken cancellation)
    {
        var draw = new ReplayDraw(request.Count, request.Prioritized, request.Seed);
        foreach (var experience in _experiences.Where(e => e.Id <= request.UpToId)) draw.Offer(experience.Id, experience.Record.Value);
        var ids = draw.Ids().ToHashSet();
        return Task.FromResult<IReadOnlyList<ArchivedExperience>>([.. _experiences.Where(e => ids.Contains(e.Id))]);
    }

    public Task<ArchiveStatistics> StatisticsAsync(CancellationToken cancellation) => throw new NotSupportedException("not read by Learning");

    private static DeviceView Device(string id) => new()
    {
        SiteId = "site-a",
        DeviceId = id,
        Online = true,
        Reported = new ReportedState
        {
            DesiredVersion = 1,
            BootId = "b",
            AgentVersion = "1",
            Session = 1,
            SlotState = SlotState.Empty,
            Channels = [.. Channels.Select(name => new SensorChannel(name))],
            RateHz = 1,
            Counters = new DeviceCounters(),
            TimestampUs = 0,
        },
    };

    /// <summary>One more run, in three named states that take turns: idle, pumping (a swing in the
    /// pressure), blocked (pressure up, no flow).</summary>
    public void AddStates(string run, int seed, params string[] order)
    {
        var names = order.Length > 0 ? order : ["idle", "pumping", "blocked"];
        var length = Rows / names.Length;
        var start = AddRun(run, isLabelled: false, shift: 0, new Random(seed), (i, row) =>
        {
            // Levels are the states' own; what a run adds of its own is small.
            for (var c = 0; c < row.Length; c++) row[c] = 0.3f * (row[c] - MathF.Floor(row[c]));
            var state = names[Math.Min(i / length, names.Length - 1)];
            if (state == "pumping") (row[0], row[1], row[3]) = (row[0] + 4, row[1] + 3 + MathF.Sin(i * 0.9f), row[3] + 5);
            if (state == "blocked") (row[0], row[1]) = (row[0] + 6, row[1] + 6);
        });
        for (var i = 0; i < names.Length; i++)
        {
            _labels.Add(new OutcomeLabel
            {
                DeviceId = "pump-1", RunId = run, FromUs = start + (i * length * 1_000_000L), ToUs = start + ((((i + 1) * length) - 1) * 1_000_000L),
                Label = names[i], Kind = LabelKind.State, Source = "operator",
            });
        }
    }

    /// <summary>One more run of the machine.</summary>
    /// <returns>Its first moment, µs.</returns>
    /// <param name="change">Of each row (C,), by its number, before a device sees it; null: none.</param>
    public long AddRun(string run, bool isLabelled, float shift, Random random, Action<int, float[]>? change = null)
    {
        var start = 1_700_000_000_000_000L + (random.Next(1000) * 10_000_000_000L);
        var rows = new float[Rows][];
        var level = Channels.Select(_ => (float)(10 * random.NextDouble())).ToArray();
        var faulty = new[] { 0, 1, 3 }[random.Next(3)];
        for (var i = 0; i < Rows; i++)
        {
            rows[i] =
                [.. level.Select((
                    v, c) => v + (c == 2 ? 0.01f * i : 0) + (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5)
                + (i >= FaultFrom && i < FaultTo && c == faulty ? shift * 0.5f : 0))];
            change?.Invoke(i, rows[i]);
        }

        // What a device keeps: tumbling windows; windows overlap where it alarmed.
        for (var from = 0; from + WindowRows <= Rows; from += from >= FaultFrom - WindowRows && from < FaultTo ? 20 : WindowRows)
            Keep(run, start, rows, from, from + WindowRows <= CalibrationRows ? ExperienceReasons.Calibration : ExperienceReasons.Routine);

        if (!isLabelled) return start;
        _labels.Add(
            new OutcomeLabel { DeviceId = "pump-1", RunId = run, FromUs = start, ToUs = start + (Rows * 1_000_000L), Label = "normal",
                Source = "operator" });
        _labels.Add(new OutcomeLabel
        {
            DeviceId = "pump-1", RunId = run, FromUs = start + (FaultFrom * 1_000_000L), ToUs = start + ((FaultTo - 1) * 1_000_000L), Label = "valve",
            Source = "maintenance",
        });
        return start;
    }

    /// <summary>A machine that never stops, all of whose windows were kept: one run, calibrated once, with faults of which people say when they
    /// were and when all was well before.</summary>
    /// <param name="faults">First row and name of each; it lasts <see cref="FaultTo"/> less <see cref="FaultFrom"/> rows.</param>
    public void AddEndless(string device, string run, int rows, int seed, params (int From, string Name)[] faults)
    {
        if (_devices.All(known => known.DeviceId != device)) _devices.Add(Device(device));
        const int FaultRows = FaultTo - FaultFrom;
        var random = new Random(seed);
        var start = 1_700_000_000_000_000L + (seed * 10_000_000_000L);
        var level = Channels.Select(_ => (float)(10 * random.NextDouble())).ToArray();
        var values = new float[rows][];
        for (var i = 0; i < rows; i++)
        {
            values[i] = [.. level.Select(v => v + (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5))];
            foreach (var (from, name) in faults)
            {
                if (i >= from && i < from + FaultRows) values[i][name == "leak" ? 1 : 3] += 4;
            }
        }

        for (var from = 0; from + WindowRows <= rows; from += WindowRows)
            Keep(run, start, values, from, from + WindowRows <= CalibrationRows ? ExperienceReasons.Calibration : ExperienceReasons.Routine, device);
        foreach (var (from, name) in faults)
        {
            Say(from - FaultRows, "normal");
            Say(from, name);
        }

        void Say(int from, string label) => _labels.Add(new OutcomeLabel
        {
            DeviceId = device, RunId = run, FromUs = start + (from * 1_000_000L), ToUs = start + ((from + FaultRows - 1) * 1_000_000L), Label = label,
            Source = "acknowledgement",
        });
    }

    /// <summary>A machine that wears until it fails, which is told; or, with <paramref name="fails"/> false, is taken out before.</summary>
    public void AddLife(string run, ulong seed, bool fails = true)
    {
        var worn = WearingMachine.Rows(seed);
        var start = 1_700_000_000_000_000L + ((long)seed * 10_000_000_000L);
        // The third channel is left out of first models.
        float[][] rows = [.. worn.Chunk(WearingMachine.Channels).Select(row => new[] { 40 * row[0], 7 + row[1], 20, 300 * row[2] })];
        for (var from = 0; from < rows.Length; from += WindowRows / 3)
            Keep(run, start, rows, Math.Max(0, Math.Min(from, rows.Length - WindowRows)), ExperienceReasons.Routine);
        if (!fails) return;
        var end = start + ((rows.Length - 1) * 1_000_000L);
        _labels.Add(new OutcomeLabel
        {
            DeviceId = "pump-1", RunId = run, FromUs = end, ToUs = end, Label = "bearing seized", Kind = LabelKind.Failure, Source = "maintenance",
        });
    }

    private void Keep(string run, long start, float[][] rows, int from, ExperienceReasons reasons, string device = "pump-1")
    {
        var window = new float[Channels.Length * WindowRows];
        for (var t = 0; t < WindowRows; t++)
        {
            for (var c = 0; c < Channels.Length; c++) window[(c * WindowRows) + t] = rows[from + t][c];
        }

        _experiences.Add(new ArchivedExperience(_experiences.Count + 1, "site-a", device, Epoch, _experiences.Count + 1, new ExperienceRecord
        {
            RunId = run,
            StartUs = start + (from * 1_000_000L),
            EndUs = start + ((from + WindowRows - 1) * 1_000_000L),
            Window = window,
            Channels = Channels.Length,
            Centre = [],
            Scale = [],
            ModelDigest = "",
            Score = float.NaN,
            Threshold = float.NaN,
            Reasons = reasons,
            Value = 0.5f,
        }));
    }
}
