using Hmas.Inference.Native;

namespace Hmas.Inference;

/// <summary>Settings as ONNX Runtime takes them.</summary>
internal static class SessionOptions
{
    /// <returns>Owned by the caller; may be released as soon as the session stands.</returns>
    public static OrtHandle Create(OrtApi api, SessionSettings settings, OptimisationLevel level)
    {
        var options = api.CreateSessionOptions();
        try
        {
            api.SetIntraOpNumThreads(options, settings.IntraOpThreads);
            api.SetInterOpNumThreads(options, 1);
            api.SetCpuMemArena(options, settings.Arena);
            api.SetMemPattern(options, settings.MemoryPattern);
            api.SetSessionGraphOptimizationLevel(options, (int)level);
            // A thread that spins while it waits costs a device its idle time.
            api.AddSessionConfigEntry(options, "session.intra_op.allow_spinning\0"u8, "0\0"u8);
            api.AddSessionConfigEntry(options, "session.inter_op.allow_spinning\0"u8, "0\0"u8);
            if (settings.ProfilePrefix is { } prefix) api.EnableProfiling(options, prefix);
            return options;
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }
}
