namespace AspNet.Security.OAuth.Binance.Emulator.Setup;

/// <summary>An entry of a <see cref="Registry{T}"/>.</summary>
internal interface IRegistered
{
    /// <summary>Gets the id, which is unique in the registry.</summary>
    string Id { get; }

    /// <summary>Checks the entry.</summary>
    /// <returns>The property in the names of the JSON API, such as <c>redirectUris[0]</c>, and its error; <see langword="null"/> when the entry is valid.</returns>
    (string Property, string Error)? FindDefect();
}
