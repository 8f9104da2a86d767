using System.Text.Json.Serialization.Metadata;
using AspNet.Security.OAuth.Binance.Emulator.Setup;

namespace AspNet.Security.OAuth.Binance.Emulator.Control;

/// <summary>Lists, adds, reads, replaces and removes the entries of a registry: <c>/clients</c> and <c>/clients/{clientId}</c>.</summary>
/// <param name="entries">The registry.</param>
/// <param name="shape">The JSON of one entry.</param>
/// <param name="list">The JSON of all.</param>
internal sealed class RegistryResource<TEntry, TJson>(Registry<TEntry> entries, JsonTypeInfo<TJson> shape, JsonTypeInfo<IEnumerable<TJson>> list)
    where TEntry : class, IRegistered
    where TJson : class
{
    public required Func<TEntry, TJson> Write { get; init; }

    /// <summary>Gets the reader of an entry. It throws a <see cref="Configuration.JsonDefectException"/> for an invalid one.</summary>
    public required Func<TJson, TEntry> Read { get; init; }

    /// <summary>Gets the setter of the id in the path, which the body need not repeat. It throws a <see cref="Configuration.JsonDefectException"/> when the body has another.</summary>
    public required Action<TJson, string> SetId { get; init; }

    public IEnumerable<ControlRoute> Routes
        =>
        [
            ControlRoute.Get(All, _ => ControlResponse.Ok(entries.Snapshot().Select(Write), list)),
            ControlRoute.Post(All, Add),
            ControlRoute.Get(One, call => entries.Find(call.Id(Id)) is { } entry ? Show(200, entry) : Unknown),
            ControlRoute.Put(One, Update),
            ControlRoute.Delete(One, call => entries.Remove(call.Id(Id)) ? ControlResponse.NoContent : Unknown),
        ];

    // As a property and in the path.
    private string Id => $"{entries.Name}Id";

    private string All => $"/{entries.Name}s";

    private string One => $"{All}/{{{Id}}}";

    private ControlResponse Unknown => ControlResponse.Error(404, $"There is no such {entries.Name}.");

    private ControlResponse Show(int status, TEntry entry) => ControlResponse.Json(status, Write(entry), shape);

    private ControlResponse Add(ControlCall call)
    {
        var entry = Read(call.Read(shape));
        return entries.TryAdd(entry) ? Show(201, entry).At(call, entry.Id) : ControlResponse.Error(409, $"{Id}: {entries.Conflict(entry.Id)}");
    }

    private ControlResponse Update(ControlCall call)
    {
        var json = call.Read(shape);
        SetId(json, call.Id(Id));
        var entry = Read(json);
        return entries.Update(entry) ? Show(200, entry) : Unknown;
    }
}
