namespace Cloud.Hub.Learning.MetaLearning;

/// <summary>How the start values for quick adaptation are learnt.</summary>
internal enum MetaMethod
{
    /// <summary>Finn et al. 2017: the query loss after adaptation, differentiated through the adaptation.</summary>
    Maml,

    /// <summary>The same without the second derivatives.</summary>
    FirstOrderMaml,

    /// <summary>Raghu et al. 2020: adaptation moves the last layer only.</summary>
    Anil,

    /// <summary>Nichol et al. 2018: towards where adaptation ends.</summary>
    Reptile,
}
