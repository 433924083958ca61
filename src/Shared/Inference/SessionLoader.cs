using Hmas.Inference.Native;

namespace Hmas.Inference;

/// <summary>Loads a model, from its optimised form where one is kept.</summary>
internal static class SessionLoader
{
    /// <exception cref="InferenceException">ONNX Runtime refuses the model.</exception>
    public static OrtHandle Load(OrtApi api, ReadOnlySpan<byte> onnx, SessionSettings settings)
    {
        if (settings.OptimisedModelPath is not { } folder || settings.OptimisationLevel == OptimisationLevel.None)
        {
            using var options = SessionOptions.Create(api, settings, settings.OptimisationLevel);
            return api.CreateSession(onnx, options);
        }
        var kept = new OptimisedModelFile(folder, onnx, api.RuntimeVersion, settings.OptimisationLevel);
        return TryLoadKept(api, kept, settings) ?? LoadAndKeep(api, onnx, kept, settings);
    }

    private static OrtHandle? TryLoadKept(OrtApi api, OptimisedModelFile kept, SessionSettings settings)
    {
        if (!kept.TryRead(out var model))
            return null;
        using var options = SessionOptions.Create(api, settings, OptimisationLevel.None);
        try
        {
            return api.CreateSession(model, options);
        }
        catch (InferenceException)
        {
            // Made for another processor: the original model decides, and the file is written anew.
            return null;
        }
    }

    private static OrtHandle LoadAndKeep(OrtApi api, ReadOnlySpan<byte> onnx, OptimisedModelFile kept, SessionSettings settings)
    {
        using var options = SessionOptions.Create(api, settings, settings.OptimisationLevel);
        kept.PrepareFolder();
        api.SetOptimizedModelFilePath(options, kept.DraftPath);
        var session = api.CreateSession(onnx, options);
        try
        {
            kept.Seal();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }
}
