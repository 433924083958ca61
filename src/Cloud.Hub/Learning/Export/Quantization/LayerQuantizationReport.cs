namespace Cloud.Hub.Learning.Export.Quantization;

/// <summary>What quantization did to one operation.</summary>
/// <param name="Operation">Position and kind.</param>
/// <param name="WeightSqnrDb">Signal to quantization noise of its weights.</param>
/// <param name="UnsafeChannels">Channels whose neighbouring weights, rounded each for itself, can saturate a 16-bit pair sum on x64 without VNNI; they are kept from it where targets lack VNNI.</param>
/// <param name="RaisedChannels">Channels whose weight scale was raised because the bias left int32.</param>
internal sealed record LayerQuantizationReport(string Operation, double WeightSqnrDb, int UnsafeChannels, int RaisedChannels);
