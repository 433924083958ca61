using System.Diagnostics;

namespace Hmas.Testing;

/// <summary>The operator's program as a process of its own; the assembly of tests refers to it.</summary>
public static class OperatorProgram
{
    /// <summary>Whose program looks for the hub there.</summary>
    /// <param name="hubFolder">The hub's data.</param>
    public static Dictionary<string, string> Knowing(Uri front, string hubFolder) =>
        new() { ["HMAS_HUB"] = front.ToString(), ["HMAS_TOKEN_FILE"] = Path.Combine(hubFolder, "operator.token") };

    /// <returns>Exit code, and what stood on stdout and then on stderr.</returns>
    public static async Task<(int Code, string Said)> RunAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "hmas.dll"), .. arguments]);
        foreach (var (name, value) in environment) start.Environment[name] = value;
        var end = await Tool.TryAsync(start);
        return (end.Code, end.Said);
    }
}
