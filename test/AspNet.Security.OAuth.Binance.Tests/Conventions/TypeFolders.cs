using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

/// <summary>
/// The folders that the source files of a type are in, as the portable PDB beside its assembly names them.
/// </summary>
internal static class TypeFolders
{
    // The documents of a type without any code, such as an interface or an enum: "TypeDefinitionDocuments" of Roslyn's portable PDBs.
    private static readonly Guid _typeDocuments = new("932E74BC-DBA9-4478-8D46-0F32A7BAB3D3");

    /// <summary>Each top-level type with a folder below the project's own (empty at the root), without files that were generated.</summary>
    public static IReadOnlyList<(Type Type, string Folder)> Of(Assembly assembly)
    {
        using var image = new PEReader(File.OpenRead(assembly.Location));
        Assert.True(image.TryOpenAssociatedPortablePdb(assembly.Location, File.OpenRead, out var provider, out _), $"{assembly} has no portable PDB.");
        using var open = provider!;
        var code = image.GetMetadataReader();
        var symbols = open.GetMetadataReader();

        return [.. from handle in code.TypeDefinitions
                   from document in DocumentsOf(handle, code, symbols)
                   let folder = FolderOf(symbols.GetString(symbols.GetDocument(document).Name), $"/{assembly.GetName().Name}/")
                   where folder is not null
                   select (Outermost(assembly.ManifestModule.ResolveType(MetadataTokens.GetToken(handle))), folder)];
    }

    private static IEnumerable<DocumentHandle> DocumentsOf(TypeDefinitionHandle type, MetadataReader code, MetadataReader symbols)
        => code.GetTypeDefinition(type).GetMethods()
            .Select(method => symbols.GetMethodDebugInformation(method))
            .SelectMany(method => method.GetSequencePoints().Select(point => point.Document))
            .Concat(symbols.GetCustomDebugInformation(type)
                .Select(symbols.GetCustomDebugInformation)
                .Where(information => symbols.GetGuid(information.Kind) == _typeDocuments)
                .SelectMany(information => RowsOf(symbols.GetBlobReader(information.Value)))
                .Select(MetadataTokens.DocumentHandle))
            .Distinct();

    private static List<int> RowsOf(BlobReader blob)
    {
        var rows = new List<int>();
        while (blob.RemainingBytes > 0)
        {
            rows.Add(blob.ReadCompressedInteger());
        }

        return rows;
    }

    private static string? FolderOf(string document, string project)
    {
        var path = document.Replace('\\', '/');
        var start = path.LastIndexOf(project, StringComparison.Ordinal);
        var file = start < 0 ? null : path[(start + project.Length)..];
        return file is null || file.StartsWith("obj/", StringComparison.Ordinal) ? null : file[..(file.LastIndexOf('/') + 1)];
    }

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;
}
