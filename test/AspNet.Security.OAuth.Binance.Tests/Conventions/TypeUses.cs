using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using Mono.Cecil;
using Assembly = System.Reflection.Assembly;

namespace AspNet.Security.OAuth.Binance.Tests.Conventions;

/// <summary>
/// Which type of a built assembly refers to which other: in signatures, attributes, generic arguments and method bodies. A nested type,
/// also one that the compiler generated for a lambda or an async method, counts for the type around it. Constants and values of enums
/// leave no reference in a built assembly.
/// </summary>
internal static class TypeUses
{
    /// <param name="assembly">The assembly.</param>
    /// <param name="inNamespace">The namespace whose types are read; <see langword="null"/> reads all.</param>
    public static IReadOnlyList<(string User, string Used)> Of(Assembly assembly, string? inNamespace = null)
        => [.. SeenByTheLibrary(assembly, inNamespace).Concat(NotSeenByTheLibrary(assembly, inNamespace))
            .Select(use => (User: Outermost(use.User), Used: Outermost(use.Used)))
            .Where(use => use.User != use.Used)
            .Distinct()
            .Order()];

    public static Architecture Load(Assembly assembly) => new ArchLoader().LoadAssembly(assembly).Build();

    // It confuses type parameters of different types that have the same name.
    private static IEnumerable<(string User, string Used)> SeenByTheLibrary(Assembly assembly, string? inNamespace)
        => from type in (inNamespace is null ? Load(assembly) : new ArchLoader().LoadNamespacesWithinAssembly(assembly, inNamespace).Build()).Types
           from dependency in type.Dependencies
           from used in dependency.TargetGenericArguments.SelectMany(Parts).Prepend(dependency.Target)
           where used is not ArchUnitNET.Domain.GenericParameter
           select (type.FullName, used.FullName);

    // What ArchUnitNET 0.13 misses: async iterators, catch clauses, captured variables, parameters of local functions, arguments of
    // anonymous types, and attributes that are generic, stand on an event or a lambda, or name a type in a property.
    private static IEnumerable<(string User, string Used)> NotSeenByTheLibrary(Assembly assembly, string? inNamespace)
    {
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        return [.. from type in module.GetTypes().Where(type => inNamespace is null || type.FullName.StartsWith(inNamespace + ".", StringComparison.Ordinal))
                   from mentioned in InMembers(type).Concat(InBodies(type)).Concat(InAttributes(type))
                   from used in Parts(mentioned)
                   select (type.FullName, used.FullName)];
    }

    private static IEnumerable<TypeReference> InMembers(TypeDefinition type)
        => type.Fields.Select(field => field.FieldType)
            .Concat(type.Methods.SelectMany(method => method.Parameters.Select(parameter => parameter.ParameterType).Prepend(method.ReturnType)));

    private static IEnumerable<TypeReference?> InBodies(TypeDefinition type)
        => from method in type.Methods
           where method.HasBody
           from mentioned in method.Body.ExceptionHandlers.Select(handler => handler.CatchType)
               .Concat(method.Body.Instructions.SelectMany(instruction => InOperand(instruction.Operand)))
           select mentioned;

    private static IEnumerable<TypeReference> InOperand(object? operand) => operand switch
    {
        TypeReference type => [type],
        GenericInstanceMethod method => [method.DeclaringType, .. method.GenericArguments],
        MemberReference member => [member.DeclaringType],
        _ => [],
    };

    private static IEnumerable<TypeReference> InAttributes(TypeDefinition type)
        => from member in (IEnumerable<ICustomAttributeProvider>)
               [type, .. type.Fields, .. type.Properties, .. type.Events, .. type.Methods, .. type.Methods.SelectMany(method => method.Parameters)]
           from attribute in member.CustomAttributes
           let named = attribute.Properties.Concat(attribute.Fields).Select(property => property.Argument)
           from mentioned in attribute.ConstructorArguments.Concat(named).SelectMany(InArgument).Prepend(attribute.AttributeType)
           select mentioned;

    private static IEnumerable<TypeReference> InArgument(CustomAttributeArgument argument) => argument.Value switch
    {
        TypeReference type => [type],
        CustomAttributeArgument boxed => InArgument(boxed),
        CustomAttributeArgument[] items => items.SelectMany(InArgument),
        _ => [],
    };

    private static IEnumerable<IType> Parts(GenericArgument argument) => argument.GenericArguments.SelectMany(Parts).Prepend(argument.Type);

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Prepend(generic.ElementType),
        TypeSpecification wrapped => Parts(wrapped.ElementType),
        _ => [type],
    };

    private static string Outermost(string fullName) => fullName.Split('+', '/')[0];
}
