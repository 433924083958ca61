namespace Trust.Cli;

/// <summary>The command line, read: options in any order, one command, and what follows the command.</summary>
/// <param name="Command">init, refresh or download.</param>
/// <param name="Operands">What follows the command and is no option.</param>
internal sealed record Arguments(string Command, IReadOnlyList<string> Operands, IReadOnlyDictionary<string, IReadOnlyList<string>> Options)
{
    private static readonly string[] Known = ["--metadata-dir", "--metadata-url", "--target-name", "--target-base-url", "--target-dir"];

    /// <exception cref="ArgumentException">No command, an unknown option, or one without its value.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var options = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        var words = new List<string>();
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(args[i]);
                continue;
            }

            var (name, value) = Split(args[i]);
            if (!Known.Contains(name, StringComparer.Ordinal)) throw new ArgumentException($"unknown option {name}");
            value ??= ++i < args.Count ? args[i] : throw new ArgumentException($"{name} needs a value");
            if (!options.TryGetValue(name, out var values)) options[name] = values = [];
            values.Add(value);
        }

        if (words.Count == 0) throw new ArgumentException("no command is given");
        return new Arguments(
            words[0], words[1..], options.ToDictionary(option => option.Key, IReadOnlyList<string> (option) => option.Value, StringComparer.Ordinal));
    }

    /// <summary>An option that must be given, once or several times.</summary>
    /// <exception cref="ArgumentException">It is not given.</exception>
    public IReadOnlyList<string> All(string option) =>
        Options.TryGetValue(option, out var values) ? values : throw new ArgumentException($"{option} is needed for {Command}");

    /// <summary>An option that must be given exactly once.</summary>
    /// <exception cref="ArgumentException">It is not given, or several times.</exception>
    public string One(string option) => All(option) is [var value] ? value : throw new ArgumentException($"{option} is given more than once");

    private static (string Name, string? Value) Split(string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]);
    }
}
