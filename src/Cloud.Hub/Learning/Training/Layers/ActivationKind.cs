namespace Cloud.Hub.Learning.Training.Layers;

/// <summary>Element-wise functions.</summary>
internal enum ActivationKind
{
    Relu,

    /// <summary>Slope 0.01 below zero.</summary>
    LeakyRelu,
    Sigmoid,
    Tanh,
}
