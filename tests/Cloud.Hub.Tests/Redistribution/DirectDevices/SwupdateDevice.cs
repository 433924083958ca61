using System.Diagnostics;
using System.Text;
using Hmas.Testing;

namespace Cloud.Hub.Tests.Redistribution.DirectDevices;

/// <summary>Debian's swupdate as it runs on a device: a root file system of one file, <c>image</c>, which names what runs.</summary>
public sealed class SwupdateDevice : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly Lock _lock = new();
    private readonly StringBuilder _said = new();
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    public SwupdateDevice(string image)
    {
        Image = image;
        Directory.CreateDirectory(_folder.File("scratch"));
    }

    public string ImageFile => _folder.File("image");

    public string Image
    {
        get => File.ReadAllText(ImageFile);
        set => File.WriteAllText(ImageFile, value);
    }

    /// <summary>All that it printed since it was started last.</summary>
    public string Said
    {
        get
        {
            lock (_lock) return _said.ToString();
        }
    }

    /// <param name="credential">As <c>-k TOKEN</c> or <c>-g TOKEN</c>.</param>
    /// <param name="confirm">2: this is the restart after an update, and it went well; 3: it did not.</param>
    public void Start(Uri hub, string siteId, string deviceId, string credential, string certificate, int? confirm = null, string more = "")
    {
        lock (_lock) _said.Clear();
        var identity = _folder.File("swupdate.cfg");
        File.WriteAllText(identity, $$"""
            globals : { verbose = true; };
            identify : ( { name = "image"; value = "{{Image}}"; }, { name = "hardware"; value = "gateway"; } );
            """);
        var suricatta =
            $"-t {siteId} -u {hub.GetLeftPart(UriPartial.Authority)} -i {deviceId} {credential} -p 1 -r 20 -w 1 {(confirm is { } word ? $"-c {word}" : "")} {more}".TrimEnd();
        var start = new ProcessStartInfo(
            "swupdate",
            ["-m", "-M", "-l", "5", "-f", identity, "-H", "board:1.0", "-k", certificate, "-u",
                suricatta]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["TMPDIR"] = _folder.File("scratch");
        _process = Process.Start(start) ?? throw new InvalidOperationException("swupdate did not start");
        _process.OutputDataReceived += (_, line) => Hear(line.Data);
        _process.ErrorDataReceived += (_, line) => Hear(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <exception cref="InvalidOperationException">It has not said it within a minute; the message holds what it did say.</exception>
    public async Task SaysAsync(string text)
    {
        using var patience = new CancellationTokenSource(Eventually.Limit, TimeProvider.System);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                if (_said.ToString().Contains(text, StringComparison.Ordinal)) return;
                more = _more.Task;
            }

            if (patience.IsCancellationRequested) throw new InvalidOperationException($"swupdate did not say '{text}', but:\n{Said}");
            await Task.WhenAny(more, Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, patience.Token));
        }
    }

    /// <summary>Power off.</summary>
    public async Task StopAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private void Hear(string? line)
    {
        if (line is null) return;
        lock (_lock)
        {
            _said.AppendLine(line);
            _more.SetResult();
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
