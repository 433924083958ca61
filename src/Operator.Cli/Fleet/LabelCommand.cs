using System.CommandLine;
using System.Globalization;
using Hmas.Contracts;
using Hmas.Contracts.Facts;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas label list|show|set|skip|failed</c>: windows that wait for a name; machines whose life was over.</summary>
internal static class LabelCommand
{
    private const int Bars = 60;

    public static Command Create() =>
        new("label", "Windows that a label would teach the models most: list, look at, name, skip; machines that failed") {
            List(), Show(), Set(), Skip(), Failed() };

    private static Command List()
    {
        var hub = new HubConnection();
        var all = new Option<bool>("--all") { Description = "Also those that were answered" };
        var command = hub.AddTo(new Command("list", "Questions, the most uncertain first") { all });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var questions = await api.QuestionsAsync(!parsed.GetValue(all), cancellation);
            Tables.Print(
                ["id", "state", "device", "run", "until", "uncertainty", "the model said", "label", "by"],
                questions.Select(static question => (string[])
                [
                    question.Id.ToString(CultureInfo.InvariantCulture), question.State, question.DeviceId, question.RunId, Words.Time(question.Until),
                    Words.Score(question.Uncertainty), question.Said,
                    question.Label ?? "-", question.By ?? "-",
                ]),
                "no window waits for a name: the hub asks when its models are unsure");
            return 0;
        }));
        return command;
    }

    private static Command Show()
    {
        var (hub, id) = (new HubConnection(), Id());
        var command = hub.AddTo(new Command("show", "One window, a line a channel, with what it may be named") { id });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var question = await api.QuestionAsync(parsed.GetRequiredValue(id), cancellation);
            Console.WriteLine(
                $"{question.DeviceId}, run {question.RunId}, {Words.Time(question.From)} to {Words.Time(question.Until)}: {question.State}");
            Console.WriteLine($"the model said {question.Said}; names it knows: {string.Join(", ", question.Names)}");
            if (question.Window.Count == 0) Console.WriteLine("the archive does not hold the window any more");
            var rows = question.Channels.Count == 0 ? 0 : question.Window.Count / question.Channels.Count;
            for (var c = 0; c < question.Channels.Count && rows > 0; c++)
            {
                var values = question.Window.Skip(c * rows).Take(rows).ToList();
                Console.WriteLine(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{question.Channels[c],-16} {Sparkline.Of(values, Bars)} {values.Min():0.###} to {values.Max():0.###}"));
            }

            return 0;
        }));
        return command;
    }

    private static Command Set()
    {
        var (hub, id) = (new HubConnection(), Id());
        var label = new Argument<string>("label") { Description = "normal, anomaly, or the name of a fault or state" };
        var state = new Option<bool>("--state")
        {
            Description = "The name says what the machine was doing, not whether all was well [default for a classifier's window]",
        };
        var command = hub.AddTo(new Command("set", "Names a window; the name becomes a label") { id, label, state });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            LabelKind? kind = parsed.GetValue(state) ? LabelKind.State : null;
            await api.AnswerQuestionAsync(parsed.GetRequiredValue(id), parsed.GetRequiredValue(label), kind, cancellation);
            Console.WriteLine($"{parsed.GetRequiredValue(id)} is {parsed.GetRequiredValue(label)}");
            return 0;
        }));
        return command;
    }

    private static Command Skip()
    {
        var (hub, id) = (new HubConnection(), Id());
        var command = hub.AddTo(new Command("skip", "Takes a window out of the queue without a name") { id });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            await api.AnswerQuestionAsync(parsed.GetRequiredValue(id), null, null, cancellation);
            Console.WriteLine($"{parsed.GetRequiredValue(id)} is skipped");
            return 0;
        }));
        return command;
    }

    private static Command Failed()
    {
        var hub = new HubConnection();
        var device = new Argument<string>("device") { Description = "Beside the machine that failed" };
        var at = new Option<DateTimeOffset?>("--at") { Description = "When, as 2026-11-28T14:05:00Z [default: now]", HelpName = "time" };
        var cause = new Option<string>("--cause") { Description = "What failed", DefaultValueFactory = static _ => "failed", HelpName = "name" };
        var command = hub.AddTo(new Command("failed", "Says that a machine failed: what came before is the end of its life") { device, at, cause });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var when = parsed.GetValue(at) ?? TimeProvider.System.GetUtcNow();
            var us = when.ToUnixMicroseconds();
            var failure = new OutcomeLabel
            {
                DeviceId = parsed.GetRequiredValue(device), FromUs = us, ToUs = us, Label = parsed.GetRequiredValue(cause), Kind = LabelKind.Failure,
                Source = "operator",
            };
            await api.AddLabelsAsync([failure], cancellation);
            Console.WriteLine($"{failure.DeviceId} failed at {Words.Time(when)}: {failure.Label}");
            return 0;
        }));
        return command;
    }

    private static Argument<long> Id() => new("id") { Description = "From hmas label list" };
}
