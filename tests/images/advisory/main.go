// Writes a database that trivy reads, with one made-up advisory: advisory FILE PACKAGE SEVERITY.
package main

import (
	"encoding/json"
	"log"
	"os"

	"go.etcd.io/bbolt"
)

const (
	source = "npm::GitHub Security Advisory npm"
	id     = "CVE-2026-0001"
)

func put(tx *bbolt.Tx, path []string, key string, value any) error {
	bucket, err := tx.CreateBucketIfNotExists([]byte(path[0]))
	for _, name := range path[1:] {
		if err == nil {
			bucket, err = bucket.CreateBucketIfNotExists([]byte(name))
		}
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return bucket.Put([]byte(key), text)
}

func main() {
	file, pkg, severity := os.Args[1], os.Args[2], os.Args[3]
	db, err := bbolt.Open(file, 0o600, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	err = db.Update(func(tx *bbolt.Tx) error {
		origin := map[string]string{"ID": "ghsa", "Name": "made up"}
		if err := put(tx, []string{"data-source"}, source, origin); err != nil {
			return err
		}
		versions := map[string][]string{
			"VulnerableVersions": {">=0.0.0"}, "PatchedVersions": {"999.0.0"},
		}
		if err := put(tx, []string{source, pkg}, id, versions); err != nil {
			return err
		}
		return put(tx, []string{"vulnerability"}, id, map[string]string{"Severity": severity})
	})
	if err != nil {
		log.Fatal(err)
	}
}
