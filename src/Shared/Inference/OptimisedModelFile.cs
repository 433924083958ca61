using System.Security.Cryptography;

namespace Hmas.Inference;

/// <summary>An optimised graph on disk, with a checksum: see
/// <c>docs/formats/optimised-model.md</c>. Made again whenever it is missing or damaged.</summary>
internal sealed class OptimisedModelFile
{
    private const int HeaderBytes = 8 + SHA256.HashSizeInBytes;

    private readonly string _folder;
    private readonly string _path;

    /// <param name="onnx">The original model: with the runtime's version and the level it names the file, so a change of any makes a new one.</param>
    public OptimisedModelFile(string folder, ReadOnlySpan<byte> onnx, string runtimeVersion, OptimisationLevel level)
    {
        _folder = folder;
        var name = Convert.ToHexStringLower(SHA256.HashData(onnx));
        _path = System.IO.Path.Combine(folder, $"{name}-{runtimeVersion}-{(int)level}.opt");
        DraftPath = $"{_path}.{Environment.ProcessId}.draft";
    }

    /// <summary>Where ONNX Runtime writes the graph before it is sealed.</summary>
    public string DraftPath { get; }

    public string Path => _path;

    private static ReadOnlySpan<byte> Magic => "HMASOPT1"u8;

    public void PrepareFolder() => Directory.CreateDirectory(_folder);

    /// <summary>False: missing or damaged.</summary>
    public bool TryRead(out byte[] model)
    {
        model = [];
        if (!File.Exists(_path))
            return false;
        var bytes = File.ReadAllBytes(_path);
        if (bytes.Length <= HeaderBytes || !bytes.AsSpan().StartsWith(Magic))
            return false;
        model = bytes[HeaderBytes..];
        return SHA256.HashData(model).AsSpan().SequenceEqual(bytes.AsSpan(Magic.Length, SHA256.HashSizeInBytes));
    }

    /// <summary>Puts the draft behind its header and under its name.</summary>
    /// <remarks>A crash may leave a draft or lose the file; neither is more than a start that optimises again, so nothing is synced.</remarks>
    public void Seal()
    {
        var model = File.ReadAllBytes(DraftPath);
        using (var file = File.Create(DraftPath))
        {
            file.Write(Magic);
            file.Write(SHA256.HashData(model));
            file.Write(model);
        }
        File.Move(DraftPath, _path, overwrite: true);
    }
}
