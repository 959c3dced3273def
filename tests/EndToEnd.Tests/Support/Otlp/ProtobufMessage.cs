using System.Buffers.Binary;
using System.Text;

namespace OrderToCash.EndToEnd.Tests.Support.Otlp;

/// <summary>
/// A message in protobuf's wire format (protobuf.dev/programming-guides/encoding), read without its schema: numbered
/// fields, each a number or bytes. Whoever reads it knows what the numbers mean.
/// </summary>
internal sealed class ProtobufMessage
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;

    private readonly List<(int Field, ulong Number, ReadOnlyMemory<byte> Content)> _fields = [];

    public static ProtobufMessage Read(ReadOnlyMemory<byte> wire)
    {
        var message = new ProtobufMessage();
        while (wire.Length > 0)
        {
            var tag = TakeVarint(ref wire);
            var field = (int)(tag >> 3);
            message._fields.Add((int)(tag & 7) switch
            {
                Varint => (field, TakeVarint(ref wire), default),
                Fixed64 => (field, BinaryPrimitives.ReadUInt64LittleEndian(Take(ref wire, 8).Span), default),
                Fixed32 => (field, BinaryPrimitives.ReadUInt32LittleEndian(Take(ref wire, 4).Span), default),
                Bytes => (field, 0, Take(ref wire, (int)TakeVarint(ref wire))),
                var type => throw new InvalidDataException($"Field {field} has the unknown wire type {type}."),
            });
        }

        return message;
    }

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    public IEnumerable<ProtobufMessage> Messages(int field) =>
        _fields.Where(one => one.Field == field).Select(one => Read(one.Content));

    /// <summary>The message in a field; an empty one when the field is not there.</summary>
    public ProtobufMessage Message(int field) => Read(Content(field));

    public string Text(int field) => Encoding.UTF8.GetString(Content(field).Span);

    /// <summary>Bytes as lower-case hexadecimal digits.</summary>
    public string Hex(int field) => Convert.ToHexStringLower(Content(field).Span);

    public ulong Number(int field) => _fields.FindLast(one => one.Field == field).Number;

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Number(field));

    private ReadOnlyMemory<byte> Content(int field) => _fields.FindLast(one => one.Field == field).Content;

    private static ReadOnlyMemory<byte> Take(ref ReadOnlyMemory<byte> wire, int length)
    {
        var taken = wire[..length];
        wire = wire[length..];
        return taken;
    }

    private static ulong TakeVarint(ref ReadOnlyMemory<byte> wire)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = Take(ref wire, 1).Span[0];
            number |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return number;
        }
    }
}
