namespace Hmas.Inference.Native;

/// <summary>Names of <c>enum OrtErrorCode</c> (<c>onnxruntime_error_code.h</c>, ONNX Runtime 1.31.1).</summary>
internal static class OrtErrorCode
{
    private static readonly string[] Names =
    [
        "ORT_OK", "ORT_FAIL", "ORT_INVALID_ARGUMENT", "ORT_NO_SUCHFILE", "ORT_NO_MODEL", "ORT_ENGINE_ERROR", "ORT_RUNTIME_EXCEPTION",
        "ORT_INVALID_PROTOBUF", "ORT_MODEL_LOADED", "ORT_NOT_IMPLEMENTED", "ORT_INVALID_GRAPH", "ORT_EP_FAIL", "ORT_MODEL_LOAD_CANCELED",
        "ORT_MODEL_REQUIRES_COMPILATION", "ORT_NOT_FOUND", "ORT_DEVICE_RESET",
    ];

    public static string NameOf(int code) => code >= 0 && code < Names.Length ? Names[code] : $"ORT_{code}";
}
