namespace SampleNative;

/// <summary>
/// An expected failure, whose message is for the user.
/// </summary>
internal class SampleException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// The arguments are invalid.
/// </summary>
internal sealed class UsageException(string message) : SampleException(message);
