using System.CommandLine;
using System.Text.Json;
using Hmas.Contracts;
using Hmas.Contracts.Artefacts;
using Operator.Cli.Hub;
using Operator.Cli.Terminal;

namespace Operator.Cli.Fleet;

/// <summary><c>hmas artefacts</c>: what a rollout can bring to devices, of every kind.</summary>
internal static class ArtefactsCommand
{
    private static readonly string Kinds = string.Join(", ", ArtefactKinds.All.Select(ArtefactKinds.Word));

    public static Command Create() =>
        new("artefacts",
            "Models, rules, agent programs, configuration, bundles and firmware in the registry") { Add(), List(), Show(), Bundle(), Approve() };

    private static Command Add()
    {
        var file = new Argument<FileInfo>("file") { Description = "The file; its bytes never change afterwards" };
        var kind = new Option<string>(
            "--kind") { HelpName = "kind", Description = $"One of {Kinds}; a model is added with its manifest, by training or over REST", Required = true };
        kind.CompletionSources.Add([.. ArtefactKinds.All.Select(ArtefactKinds.Word)]);
        var name = new Option<string?>("--name") { HelpName = "name", Description = "What it is a release of; a bundle says its own" };
        var release = new Option<long?>("--release") { HelpName = "number", Description = "Its number [default: the next of this name]" };
        var hardware = new Option<string?>(
            "--hardware") { HelpName = "classes", Description = "Classes that it is made for, with commas between them [default: every one]" };
        var licence = new Option<string?>("--licence") { HelpName = "licence", Description = "What others may do with it, an SPDX expression" };
        var hub = new HubConnection();
        var command = hub.AddTo(new Command("add", "Add a file to the registry") { file, kind, name, release, hardware, licence });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            await using var content = parsed.GetRequiredValue(file).OpenRead();
            ArtefactStory.Print(
                await api.AddArtefactAsync(
                    KindOf(parsed.GetRequiredValue(kind)), parsed.GetValue(name), parsed.GetValue(release), parsed.GetValue(hardware),
                    parsed.GetValue(licence), content, cancellation));
            return 0;
        }));
        return command;
    }

    private static Command List()
    {
        var kind = new Option<string?>("--kind") { HelpName = "kind", Description = $"One of {Kinds} [default: all]" };
        kind.CompletionSources.Add([.. ArtefactKinds.All.Select(ArtefactKinds.Word)]);
        var hub = new HubConnection();
        var command = hub.AddTo(new Command("list", "Every artefact, newest first") { kind });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var artefacts = await api.ArtefactsAsync(parsed.GetValue(kind) is { } word ? ArtefactKinds.Word(KindOf(word)) : null, cancellation);
            Tables.Print(["kind", "artefact", "digest", "size", "hardware", "state", "added", "by"], artefacts.Select(Row),
                "no such artefact yet: ./hmas artefacts add FILE --kind KIND");
            return 0;
        }));
        return command;
    }

    private static Command Show()
    {
        var hub = new HubConnection();
        var digest = Digest(hub);
        var command = hub.AddTo(new Command("show", "One artefact") { digest });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            ArtefactStory.Print(await api.ArtefactAsync((await FindAsync(api, parsed.GetRequiredValue(digest), cancellation)).Digest, cancellation));
            return 0;
        }));
        return command;
    }

    private static Command Bundle()
    {
        var hub = new HubConnection();
        var name = new Argument<string>("name") { Description = "What the bundle is a release of" };
        var digests = hub.Complete(
            new Argument<string[]>(
                "digest") { Description = "Its parts: at most one model, rules, agent and configuration", Arity = ArgumentArity.OneOrMore },
                DigestsAsync);
        var release = new Option<long?>("--release") { HelpName = "number", Description = "Its number [default: one above the highest]" };
        var hardware = new Option<string?>(
            "--hardware") { HelpName = "classes", Description = "Classes that it is made for, with commas between them [default: every one]" };
        var command = hub.AddTo(
            new Command("bundle", "Make a bundle of artefacts that a device activates together, or not at all") { name, digests, release, hardware });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var parts = new List<BundlePart>();
            foreach (var digest in parsed.GetRequiredValue(digests)) parts.Add(Part(await FindAsync(api, digest, cancellation)));
            var bundle = new BundleManifest
            {
                Name = parsed.GetRequiredValue(name),
                Release = parsed.GetValue(release) ?? await NextAsync(api, parsed.GetRequiredValue(name), cancellation),
                HardwareClasses = parsed.GetValue(hardware)?.Split(',') ?? HardwareClass.AnyOnly,
                Parts = parts,
            };
            if (bundle.Fault() is { } fault) throw new HubRefusal(fault);
            using var json = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(bundle, ContractsJson.Default.BundleManifest));
            ArtefactStory.Print(await api.AddArtefactAsync(ArtefactKind.Bundle, null, null, null, null, json, cancellation));
            return 0;
        }));
        return command;
    }

    private static Command Approve()
    {
        var hub = new HubConnection();
        var digest = Digest(hub);
        var by = new Option<string>(
            "--by") { HelpName = "name", Description = "Who approves [default: who is logged in]", DefaultValueFactory = static _ => Environment.UserName };
        var note = new Option<string?>("--note") { HelpName = "text", Description = "What you looked at" };
        var command = hub.AddTo(new Command("approve", "Write down that you stand by an artefact") { digest, by, note });
        command.SetAction((parsed, cancellation) => hub.RunAsync(parsed, async api =>
        {
            var artefact = await FindAsync(api, parsed.GetRequiredValue(digest), cancellation);
            await api.ApproveAsync(artefact.Digest, parsed.GetRequiredValue(by), parsed.GetValue(note), cancellation);
            ArtefactStory.Print(await api.ArtefactAsync(artefact.Digest, cancellation));
            return 0;
        }));
        return command;
    }

    private static Argument<string> Digest(HubConnection hub) =>
        hub.Complete(new Argument<string>("digest") { Description = "sha256:…, or its first letters" }, DigestsAsync);

    private static async Task<IEnumerable<string>> DigestsAsync(HubApi api, CancellationToken cancellation) =>
        (await api.ArtefactsAsync(null, cancellation)).Select(static artefact => Words.Digest(artefact.Digest));

    private static ArtefactKind KindOf(string word)
    {
        try
        {
            return ArtefactKinds.Require(word);
        }
        catch (FormatException e)
        {
            throw new HubRefusal(e.Message);
        }
    }

    private static async Task<ArtefactAnswer> FindAsync(HubApi api, string digest, CancellationToken cancellation)
    {
        if (ArtefactDigest.IsValid(digest)) return (await api.ArtefactAsync(digest, cancellation)).Entry;
        var hex = digest[(digest.IndexOf(':', StringComparison.Ordinal) + 1)..];
        var found =
            (await api.ArtefactsAsync(null, cancellation)).Where(artefact => ArtefactDigest.Hex(artefact.Digest)
                .StartsWith(hex, StringComparison.Ordinal)).ToList();
        return found.Count == 1 ? found[0] : throw new HubRefusal($"{found.Count} artefacts have a digest that begins with '{digest}'");
    }

    private static async Task<long> NextAsync(HubApi api, string name, CancellationToken cancellation) =>
        1 + (await api.ArtefactsAsync(ArtefactKinds.Word(ArtefactKind.Bundle), cancellation)).Where(bundle => bundle.Name == name)
            .Select(static bundle => bundle.Release).DefaultIfEmpty(0).Max();

    private static BundlePart Part(ArtefactAnswer artefact) =>
        new() { Kind = artefact.Kind, Name = artefact.Name, Release = artefact.Release, Digest = artefact.Digest, Bytes = artefact.Bytes,
            HardwareClasses = artefact.HardwareClasses };

    private static string[] Row(ArtefactAnswer artefact) =>
    [
        ArtefactKinds.Word(artefact.Kind), $"{artefact.Name} {artefact.Release}", Words.Digest(artefact.Digest), Words.Size(artefact.Bytes),
        string.Join(", ", artefact.HardwareClasses),
        Words.State(artefact.Quarantined), Words.Time(artefact.AddedAt), artefact.AddedBy,
    ];
}
