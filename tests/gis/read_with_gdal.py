"""Read layers with the GDAL that a council's desktop has; print every field of every feature as JSON.

Run by the system's own Python:   /usr/bin/python3 read_with_gdal.py FILE …
"""

import json
import sys

from osgeo import gdal, ogr

gdal.UseExceptions()


def main(files) -> None:
    told, warned = {}, []
    gdal.PushErrorHandler(lambda *words: warned.append(words[-1]))
    for file in files:
        source = ogr.Open(file)
        told[file] = {
            layer.GetName(): read(layer) for layer in (source.GetLayer(k) for k in range(source.GetLayerCount()))
        }
    sys.stdout.write(json.dumps({"files": told, "warned": warned}) + "\n")


def read(layer) -> dict:
    spatial = layer.GetSpatialRef()
    definition = layer.GetLayerDefn()
    fields = [definition.GetFieldDefn(k) for k in range(definition.GetFieldCount())]
    return {
        "crs": spatial
        and (spatial.GetAuthorityCode(None) or spatial.AutoIdentifyEPSG() or spatial.GetAuthorityCode(None)),
        "types": {field.GetName(): field.GetTypeName() for field in fields},
        "metadata": layer.GetMetadata(),
        "rows": [{field.GetName(): feature[field.GetName()] for field in fields} for feature in layer],
        "shapes": [feature.GetGeometryRef() and feature.GetGeometryRef().ExportToWkb().hex() for feature in layer],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
