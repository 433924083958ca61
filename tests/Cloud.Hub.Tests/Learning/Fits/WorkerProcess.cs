using System.Diagnostics;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Learning.Fits;

/// <summary><c>hmas-hub work</c> as a process of its own.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static WorkerProcess Start(Uri learning, TempFolder folder, string name)
    {
        var token = folder.File("worker.token");
        if (!File.Exists(token)) File.WriteAllText(token, "not-asked-for-here");
        return new WorkerProcess(Process.Start(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "hmas-hub.dll"), "work", "--learning", learning.ToString(), "--token-file", token, "--name",
                name]));
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
