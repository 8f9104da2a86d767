using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace AspNet.Security.OAuth.Binance.Tests;

/// <summary>
/// What the provider's types use, read from their compiled methods.
/// </summary>
internal static class ProviderCode
{
    private const BindingFlags Everything
        = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> _opCodes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static Assembly Assembly { get; } = typeof(BinanceAuthenticationHandler).Assembly;

    /// <summary>The types that were written by hand.</summary>
    public static IEnumerable<Type> WrittenTypes
        => Assembly.GetTypes().Where(type => !type.Name.Contains('<', StringComparison.Ordinal)
            && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Namespace?.StartsWith("AspNet.", StringComparison.Ordinal) == true);

    /// <summary>Which type, what the compiler made of it included, uses which other in the body of a method.</summary>
    public static IEnumerable<(Type User, Type Used)> Uses
        => from type in Assembly.GetTypes()
           from method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything))
           from used in UsedBy(method)
           select (Outermost(type), used);

    private static Type Outermost(Type type) => type.DeclaringType is { } outer ? Outermost(outer) : type;

    private static IEnumerable<Type> UsedBy(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        for (var position = 0; position < code.Length;)
        {
            var opCode = _opCodes[code[position] == 0xFE ? (short)(0xFE00 | code[position + 1]) : code[position]];
            position += opCode.Size;
            if (opCode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var member = Resolve(method, BitConverter.ToInt32(code, position));
                yield return member as Type ?? member.DeclaringType!;
            }

            position += opCode.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, position)),
                _ => 4,
            };
        }
    }

    private static MemberInfo Resolve(MethodBase method, int token)
    {
        var ofType = method.DeclaringType!.IsGenericType ? method.DeclaringType.GetGenericArguments() : null;
        return method.Module.ResolveMember(token, ofType, method.IsGenericMethod ? method.GetGenericArguments() : null)!;
    }
}
