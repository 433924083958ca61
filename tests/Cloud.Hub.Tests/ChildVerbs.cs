using Cloud.Hub.Tests.Learning.Service;

namespace Cloud.Hub.Tests;

/// <summary>Entry point of this assembly when a test starts it as a process of its own, to be killed; the test runner does not use it.</summary>
internal static class ChildVerbs
{
    private static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["search", var folder]:
                await SearchRunTests.SearchUntilKilledAsync(folder);
                return 0;
            default:
                await Console.Error.WriteLineAsync("Usage: search FOLDER. Tests run through 'dotnet test'.");
                return 64;
        }
    }
}
