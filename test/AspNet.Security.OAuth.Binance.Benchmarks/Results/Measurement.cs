using AspNet.Security.OAuth.Binance.Benchmarks.Contenders;

namespace AspNet.Security.OAuth.Binance.Benchmarks.Results;

/// <summary>
/// One figure of one contender.
/// </summary>
/// <param name="Work">The work.</param>
/// <param name="Unit">The unit.</param>
/// <param name="Contender">The contender.</param>
/// <param name="Value">The value.</param>
/// <param name="Spread">Half the difference of the highest and the lowest run, as a fraction of the value, which is their median.</param>
internal sealed record Measurement(string Work, string Unit, Contender Contender, double Value, double? Spread = null);
