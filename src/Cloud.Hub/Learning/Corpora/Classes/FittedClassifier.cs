using Cloud.Hub.Learning.Export.Quantization;
using Hmas.Contracts.Models;

namespace Cloud.Hub.Learning.Corpora.Classes;

/// <summary>A trained classifier in both precisions.</summary>
/// <param name="Manifest">Of the int8 model.</param>
/// <param name="Parameters">Learnt values.</param>
/// <param name="Facts">Of the int8 model.</param>
internal sealed record FittedClassifier(ModelManifest Manifest, byte[] Float, byte[] Int8, int Parameters, Int8Facts Facts);
