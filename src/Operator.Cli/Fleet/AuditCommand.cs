using System.CommandLine;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas audit</c>: the chain from samples to devices, walked from either end. Exit code 0: whole; 2: a link is broken.</summary>
internal static class AuditCommand
{
    public static Command Create() => new("audit", "From samples to the devices that answer with what was learnt from them, and back")
    {
        Walk("model", "Both ways from a model or another artefact", "NAME (its newest release), NAME:RELEASE, or a digest",
            static async (api, text, cancellation) =>
            $"models/{Uri.EscapeDataString(Hmas.Contracts.Artefacts.ArtefactDigest.IsValid(text) ? text : RolloutStart.Digest(text, await api.ModelsAsync(cancellation)))}"),
        Walk("device", "From what a device answers with back to the samples", "Its id, from hmas devices",
            static (_, text, _) => Task.FromResult($"devices/{Uri.EscapeDataString(text)}")),
        Walk("sample", "From a sample forward to the devices", "Its number in the archive",
            static (_, text, _) => Task.FromResult($"samples/{Uri.EscapeDataString(text)}")),
    };

    private static Command Walk(string name, string description, string meaning, Func<HubApi, string, CancellationToken, Task<string>> path)
    {
        var hub = new HubConnection();
        var subject = new Argument<string>(name) { Description = meaning };
        var command = hub.AddTo(new Command(name, description) { subject });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var chain = await api.AuditAsync(await path(api, parsed.GetRequiredValue(subject), cancellation), cancellation);
            Tables.Print(
                ["link", "from", "to", "", "what was looked at"],
                chain.Steps.Select(static step => (string[])[
                    step.Link, Words.Digest(step.From), Words.Digest(step.To), step.Finding == "holds" ? "" : step.Finding.ToUpperInvariant(),
                    step.Says]));
            var broken = chain.Steps.Count(static step => step.Finding == "broken");
            Tables.Say(broken == 0 ? "The chain is whole." : $"The chain is broken in {broken} {(broken == 1 ? "place" : "places")}.");
            return broken == 0 ? 0 : 2;
        }));
        return command;
    }
}
