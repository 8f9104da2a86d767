namespace AspNet.Security.OAuth.Binance.Benchmarks;

/// <summary>
/// One figure of one contender.
/// </summary>
/// <param name="Work">What was done.</param>
/// <param name="Unit">What was counted, for each time that it was done unless the work says otherwise.</param>
/// <param name="Contender">Who did it.</param>
/// <param name="Value">How much it was.</param>
/// <param name="Spread">Half the distance from the lowest to the highest of the runs that it is the median of, as a part of it.</param>
internal sealed record Measurement(string Work, string Unit, Contender Contender, double Value, double? Spread = null);
