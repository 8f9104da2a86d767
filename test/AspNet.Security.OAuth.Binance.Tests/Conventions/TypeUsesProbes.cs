#pragma warning disable
using System.ComponentModel;
using AspNet.Security.OAuth.Binance.Tests.Identity.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.BrokenServer.Support;
using AspNet.Security.OAuth.Binance.Tests.Security.Secrets.Support;

namespace AspNet.Security.OAuth.Binance.Tests.Probes;

// Each type refers to Target in one way, and in no other.
internal class Target : Exception
{
    internal static int Field;
    internal static void Do() { }
}

internal class Generic<T>
{
    internal static void Do() { }
    internal static void Do<TOther>() { }
    internal class Nested { internal static void Do() { } }
}

[AttributeUsage(AttributeTargets.All)]
internal sealed class NamesAttribute : Attribute { public Type[] Types { get; set; } }

[AttributeUsage(AttributeTargets.All)]
internal sealed class GenericAttribute<T> : Attribute;

// Declarations.
internal class OfBaseType : Target;
internal class OfGenericArgumentOfBaseType : Generic<Generic<Target>>;
internal class OfGenericArgumentOfInterface : IEquatable<Target> { public bool Equals(Target x) => true; }
internal class OfConstraint<T> where T : Target;
internal class OfConstraintOfMethod { void M<T>() where T : IEquatable<Target> { } }
[TypeConverter(typeof(Target))] internal class OfAttribute;
[Names(Types = [typeof(List<Target>)])] internal class OfPropertyOfAttribute;
[Generic<Target>] internal class OfGenericAttribute;
internal class OfAttributeOfEvent { [Generic<Target>] event Action E; }
internal class OfAttributeOfLambda { Action M() => [TypeConverter(typeof(Target))] () => { }; }
internal class OfField { Target _f; }
internal class OfGenericArgumentOfField { Dictionary<string, List<Target[]>> _f; }
internal class OfFieldOfNestedType { class Nested { Target _f; } }
internal class OfProperty { Target P => null; }
internal class OfIndexer { string this[Target index] => null; }
internal class OfEvent { event Action<Target> E; }
internal class OfParameter { void M(ref Target x) { } }
internal class OfParameterOfConstructor { OfParameterOfConstructor(Target x) { } }
internal class OfGenericArgumentOfParameter { void M(Func<List<Target>, int> x) { } }
internal class OfReturnType { Target[] M() => null; }
internal class OfGenericArgumentOfReturnType { Task<IReadOnlyList<Target>> M() => null; }
internal record OfRecord((int, Target) X);
internal struct OfStruct { Target _f; }
internal interface OfInterface { Task<Target> M(); }
internal delegate void OfDelegate(Target x);

// Bodies.
internal class OfCall { void M() => Target.Do(); }
internal class OfCreation { object M() => new Target(); }
internal class OfArray { object M() => new Target[1]; }
internal class OfStaticField { int M() => Target.Field; }
internal class OfTypeof { object M() => typeof(Target); }
internal class OfIs { bool M(object x) => x is Target; }
internal class OfMethodGroup { Action M() => Target.Do; }
internal class OfCatch { void M() { try { Console.WriteLine(); } catch (Target) { } } }
internal class OfGenericArgumentOfCall { void M() => Generic<int>.Do<List<Target>>(); }
internal class OfGenericArgumentOfCalledType { void M() => Generic<Target>.Nested.Do(); }
internal class OfAnonymousType { object M() => new { X = (Target)null }; }
internal class OfInitializer { static readonly Action _f = () => Target.Do(); }
internal class OfBodyOfProperty { int P => Target.Field; }
internal class OfBodyOfNestedType { class Nested { void M() => Target.Do(); } }

// Bodies that the compiler moves to types and methods of its own.
internal class OfLambda { Action M() => () => Target.Do(); }
internal class OfLambdaWithCapture { Action M(int x) => () => { x++; Target.Do(); }; }
internal class OfParameterOfLambda { object M() => (Target x) => 1; }
internal class OfCapturedVariable { Func<object> M(Func<object> f) { Target x = null; return () => x; } }
internal class OfLocalFunction { void M() { L(); void L() => Target.Do(); } }
internal class OfParameterOfLocalFunction { void M() { L(null); void L(Target x) { } } }
internal class OfIterator { IEnumerable<int> M() { yield return 1; Target.Do(); } }
internal class OfAsync { async Task M() { await Task.Yield(); Target.Do(); } }
internal class OfAsyncValueTask<T> { async ValueTask M<TOther>() { await Task.Yield(); Target.Do(); } }
internal class OfAsyncIterator { async IAsyncEnumerable<int> M() { await Task.Yield(); yield return 1; Generic<int>.Do<Target>(); } }
internal class OfAsyncLambda { Func<Task> M(int x) => async () => { await Task.Yield(); x++; Target.Do(); }; }
internal class OfAsyncLocalFunction { Task M() { return L(); async Task L() { await Task.Yield(); Target.Do(); } } }
internal class OfCatchInAsync { async Task M() { try { await Task.Yield(); } catch (Target) { } } }
internal class OfLambdaInAsyncIterator { async IAsyncEnumerable<int> M() { yield return 1; Action a = () => Target.Do(); a(); } }
internal class OfAsyncLambdaInLambda { Func<Func<Task>> M() => () => async () => { await Task.Yield(); Target.Do(); }; }
