namespace Cloud.Hub.Learning.Export.Operations;

/// <summary>An operation with weights that a quantizer replaces.</summary>
internal interface IWeighted
{
    /// <summary>Output channels first.</summary>
    float[] Weights { get; }

    float[] Bias { get; }

    int OutputChannels { get; }

    Operation With(float[] weights, float[] bias);
}
