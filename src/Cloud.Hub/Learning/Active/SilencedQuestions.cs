using System.Globalization;
using Cloud.Hub.Learning.Contract;
using Cloud.Hub.Learning.Evaluation;
using Cloud.Hub.Learning.Storage;
using Cloud.Hub.Memory.Contract;
using Microsoft.Extensions.Options;

namespace Cloud.Hub.Learning.Active;

/// <summary>Asks people about windows on which a new model is silent where its parent alarms: the held-out test cannot tell whether it learnt or
/// went blind there, and no window teaches more than one on which two models disagree (Seung et al. 1992).</summary>
internal sealed class SilencedQuestions(RunStore store, IExperienceArchive archive, IOptions<LearningOptions> options, TimeProvider time)
{
    /// <summary>Asked about after one training, the surest alarms of the parent first, one a run.</summary>
    private const int Most = 10;

    /// <returns>Questions asked; what was asked before is not asked again.</returns>
    public async Task<int> AskAsync(IEnumerable<SilencedAlarm> alarms, CancellationToken cancellation)
    {
        if (options.Value.MaxLabelQuestions == 0) return 0;
        var fresh = new List<LabelQuestion>();
        foreach (var alarm in alarms.Take(Most))
        {
            if (await WindowAsync(alarm, cancellation) is { } window) fresh.Add(Question(window, alarm));
        }

        return fresh.Count == 0 ? 0 : await store.WriteAsync(
            connection =>
            {
                var asked = fresh.Where(question => QuestionTable.Find(connection, question.Id) is null).ToList();
                QuestionTable.Add(connection, asked);
                return asked.Count;
            },
            cancellation);
    }

    /// <summary>The experience that holds the alarm's row; null: retention took it.</summary>
    private async Task<ArchivedExperience?> WindowAsync(SilencedAlarm alarm, CancellationToken cancellation)
    {
        var query = new ExperienceQuery { DeviceId = alarm.DeviceId, RunId = alarm.RunId, FromUs = alarm.TimeUs, ToUs = alarm.TimeUs };
        await foreach (var experience in archive.ReadAsync(query, cancellation))
        {
            if (experience.DeviceId == alarm.DeviceId && experience.Record.StartUs <= alarm.TimeUs && alarm.TimeUs <= experience.Record.EndUs)
                return experience;
        }

        return null;
    }

    private LabelQuestion Question(ArchivedExperience window, SilencedAlarm alarm) => new()
    {
        Id = window.Id,
        DeviceId = window.DeviceId,
        RunId = window.Record.RunId,
        FromUs = window.Record.StartUs,
        ToUs = window.Record.EndUs,
        // One model says so and one the other way: there is no more to be had.
        Uncertainty = 1,
        Said = string.Create(CultureInfo.InvariantCulture, $"normal, where the model before alarms at {alarm.Ratio:0.0} of its threshold"),
        Names = WindowDoubt.DetectorNames,
        AskedAt = time.GetUtcNow(),
        State = QuestionTable.Waiting,
    };
}
